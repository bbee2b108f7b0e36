package datumpb

import (
	"encoding/binary"
	"errors"
	"math"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/datumpb/datumpb/readers/go/schema"
)

const (
	refusedByOpen = iota
	refusedByItems
	refusedByVerify
)

// faults are files that are wrong in one way each, and where that is refused at the latest.
var faults = map[string]struct {
	edit func(*draft)
	kind error
	by   int
}{
	"major version 0": {func(d *draft) { d.header.FormatMajor = 0 }, ErrDamagedFile, refusedByOpen},
	"major version 2": {func(d *draft) { d.header.FormatMajor = 2 }, ErrUnsupportedFile, refusedByOpen},
	"a required feature": {
		func(d *draft) { d.header.RequiredFeatures = []string{"new"} }, ErrUnsupportedFile, refusedByOpen,
	},
	"another content":      {func(d *draft) { d.header.Content = 3 }, ErrDamagedFile, refusedByOpen},
	"no largest record":    {func(d *draft) { d.header.MaxRecordSize = 0 }, ErrDamagedFile, refusedByOpen},
	"largest records huge": {func(d *draft) { d.header.MaxRecordSize = 1<<28 + 1 }, ErrLimit, refusedByOpen},
	"records above limit":  {func(d *draft) { d.header.MaxRecordSize = 8 }, ErrLimit, refusedByOpen},
	"another cipher": {
		func(d *draft) { d.header.Encryption = &schema.Encryption{Aead: 2} }, ErrUnsupportedFile, refusedByOpen,
	},
	"a short salt": {
		func(d *draft) { d.header.Encryption = &schema.Encryption{Aead: 1, Salt: []byte("salt")} }, ErrDamagedFile, refusedByOpen,
	},
	"no subset":        {func(d *draft) { d.meta.Subset = "" }, ErrDamagedFile, refusedByOpen},
	"invalid text":     {func(d *draft) { editBody(d, kindMeta, []byte("\x0a\x01\xff")) }, ErrDamagedFile, refusedByOpen},
	"FOOTER no FOOTER": {func(d *draft) { editBody(d, kindFooter, []byte{0xff}) }, ErrDamagedFile, refusedByOpen},
	"another record count": {
		func(d *draft) { d.editFooter = func(f *schema.Footer) { f.RecordCount++ } }, ErrDamagedFile, refusedByOpen,
	},
	"items without end": {
		func(d *draft) { d.editFooter = func(f *schema.Footer) { f.ItemCount = math.MaxUint64 } }, ErrDamagedFile, refusedByOpen,
	},
	"another item count": {
		func(d *draft) { d.editFooter = func(f *schema.Footer) { f.ItemCount++ } }, ErrDamagedFile, refusedByOpen,
	},
	"another INDEX": {
		func(d *draft) { d.editFooter = func(f *schema.Footer) { f.Index[0].Crc32++ } }, ErrDamagedFile, refusedByOpen,
	},
	"INDEX of no size": {
		func(d *draft) { d.editFooter = func(f *schema.Footer) { f.Index[0].Size = 0 } }, ErrDamagedFile, refusedByOpen,
	},
	"INDEX of any size": {
		func(d *draft) { d.editFooter = func(f *schema.Footer) { f.Index[0].Size = math.MaxUint64 } }, ErrLimit, refusedByOpen,
	},
	"INDEX beyond the end": {
		func(d *draft) { d.editFooter = func(f *schema.Footer) { f.Index[0].Offset = math.MaxUint64 } }, ErrTruncatedFile, refusedByOpen,
	},
	"another count of blocks": {
		func(d *draft) { d.editFooter = func(f *schema.Footer) { f.Index[0].BlockCount++ } }, ErrDamagedFile, refusedByOpen,
	},
	"another block": {
		func(d *draft) { d.editIndex = func(i *schema.Index) { i.Blocks[0].Crc32++ } }, ErrDamagedFile, refusedByItems,
	},
	"another place of a block": {
		func(d *draft) { d.editIndex = func(i *schema.Index) { i.Blocks[1].Seq++ } }, ErrDamagedFile, refusedByItems,
	},
	"blocks exchanged": {
		func(d *draft) {
			d.editIndex = func(i *schema.Index) { i.Blocks[0], i.Blocks[1] = i.Blocks[1], i.Blocks[0] }
		}, ErrDamagedFile, refusedByOpen,
	},
	"another count of a block's items": {
		func(d *draft) {
			d.editIndex = func(i *schema.Index) { i.Blocks[0].ItemCount, i.Blocks[1].ItemCount = 1, 2 }
		}, ErrDamagedFile, refusedByItems,
	},
	"an id too many": {
		func(d *draft) { d.editIndex = func(i *schema.Index) { i.ItemIdCrc32 = append(i.ItemIdCrc32, 1) } }, ErrDamagedFile, refusedByOpen,
	},
	"another id":          {func(d *draft) { d.editIndex = func(i *schema.Index) { i.ItemIdCrc32[2]++ } }, ErrDamagedFile, refusedByVerify},
	"INDEX no INDEX":      {func(d *draft) { editBody(d, kindIndex, []byte{0x0a, 9}) }, ErrDamagedFile, refusedByOpen},
	"ids of three bytes":  {func(d *draft) { editBody(d, kindIndex, []byte{0x12, 3, 1, 2, 3}) }, ErrDamagedFile, refusedByOpen},
	"a block of no items": {func(d *draft) { editBody(d, kindBlock, nil) }, ErrDamagedFile, refusedByItems},
	"no batch":            {func(d *draft) { editBody(d, kindBlock, []byte{0x0a, 9}) }, ErrDamagedFile, refusedByItems},
	"no item":             {func(d *draft) { editBody(d, kindBlock, []byte{0x0a, 1, 9, 0x0a, 0}) }, ErrDamagedFile, refusedByItems},
	"an item without id":  {func(d *draft) { d.batches[0][1].Id = "" }, ErrDamagedFile, refusedByItems},
	"an id twice":         {func(d *draft) { d.batches[1][0].Id = "one" }, ErrDamagedFile, refusedByVerify},
	"a label beyond": {
		func(d *draft) { d.batches[1][0].Annotations[0].LabelIndex = proto.Uint32(2) }, ErrDamagedFile, refusedByVerify,
	},
	"a malformed mask": {
		func(d *draft) {
			d.batches[1][0].Annotations[0].Kind = &schema.Annotation_Mask{Mask: &schema.Mask{Counts: []byte("~")}}
		}, ErrDamagedFile, refusedByVerify,
	},
	"other statistics": {
		func(d *draft) { d.editFooter = func(f *schema.Footer) { f.Statistics.Types[0].Count++ } }, ErrDamagedFile, refusedByVerify,
	},
	"no statistics": {
		func(d *draft) { d.editFooter = func(f *schema.Footer) { f.Statistics = nil } }, ErrDamagedFile, refusedByVerify,
	},
	"records of another file": {
		func(d *draft) { d.editFooter = func(f *schema.Footer) { f.RecordsCrc32++ } }, ErrDamagedFile, refusedByVerify,
	},
	"a kind out of place": {func(d *draft) { d.extra = []schema.RecordKind{kindMedia} }, ErrDamagedFile, refusedByVerify},
	"META twice":          {func(d *draft) { d.extra = []schema.RecordKind{kindMeta} }, ErrDamagedFile, refusedByVerify},
	"another sync": {
		func(d *draft) { d.editRecord = ofKind(kindBlock, func(r *schema.Record) { *r.Sync++ }) }, ErrDamagedFile, refusedByItems,
	},
	"another seq": {
		func(d *draft) { d.editRecord = ofKind(kindMeta, func(r *schema.Record) { *r.Seq++ }) }, ErrDamagedFile, refusedByOpen,
	},
	"no seq": {
		func(d *draft) { d.editRecord = ofKind(kindMeta, func(r *schema.Record) { r.Seq = nil }) }, ErrDamagedFile, refusedByOpen,
	},
	"kind 256": {
		func(d *draft) { d.editRecord = ofKind(kindMeta, func(r *schema.Record) { r.Kind = 256 }) }, ErrDamagedFile, refusedByOpen,
	},
	"another codec": {
		func(d *draft) { d.editRecord = ofKind(kindBlock, func(r *schema.Record) { r.Codec = 3 }) }, ErrDamagedFile, refusedByItems,
	},
	"another size": {
		func(d *draft) { d.editRecord = ofKind(kindBlock, func(r *schema.Record) { *r.RawSize++ }) }, ErrDamagedFile, refusedByItems,
	},
	"a huge size": {
		func(d *draft) { d.editRecord = ofKind(kindBlock, func(r *schema.Record) { *r.RawSize = 1 << 62 }) }, ErrLimit, refusedByItems,
	},
	"two frames": {
		func(d *draft) { d.editRecord = ofKind(kindBlock, appendPayload(emptyFrame)) }, ErrDamagedFile, refusedByItems,
	},
	"a skippable frame": {
		func(d *draft) { d.editRecord = ofKind(kindBlock, appendPayload("\x50\x2a\x4d\x18\x00\x00\x00\x00")) }, ErrDamagedFile, refusedByItems,
	},
	"a byte behind the frame": {
		func(d *draft) { d.editRecord = ofKind(kindBlock, appendPayload("\x00")) }, ErrDamagedFile, refusedByItems,
	},
	"a frame cut off": {
		func(d *draft) {
			d.editRecord = ofKind(kindBlock, func(r *schema.Record) { r.Payload = r.Payload[:len(r.Payload)-1] })
		}, ErrDamagedFile, refusedByItems,
	},
	"no frame": {
		func(d *draft) {
			d.editRecord = ofKind(kindBlock, func(r *schema.Record) { r.Payload = nil })
		}, ErrDamagedFile, refusedByItems,
	},
}

const emptyFrame = "\x28\xb5\x2f\xfd\x20\x00\x01\x00\x00"

func TestFaultyFilesAreRefused(t *testing.T) {
	for name, fault := range faults {
		for kind, key := range bothKeys {
			t.Run(name+", "+kind, func(t *testing.T) {
				d := newDraft(key)
				fault.edit(d)
				data := d.build(t)
				reader, err := open(data, key)
				if fault.by == refusedByOpen {
					expect(t, err, fault.kind)
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				if err := reader.Verify(); !errors.Is(err, fault.kind) {
					// Who walks all records may meet what the fault leads to, first.
					expect(t, err, ErrDamagedFile)
				}
				_, err = readAll(data, key)
				if fault.by == refusedByItems {
					expect(t, err, fault.kind)
				} else {
					expect(t, err, nil)
				}
			})
		}
	}
}

func TestPlainRecordsInEncryptedFilesAndTheOtherWayRound(t *testing.T) {
	plain := newDraft("")
	plain.editRecord = ofKind(kindBlock, func(r *schema.Record) { r.Nonce = make([]byte, nonceSize) })
	expect(t, second(readAll(plain.build(t), "")), ErrDamagedFile)
	sealed := newDraft(testKey)
	data := sealed.build(t)
	reader, err := open(data, testKey)
	if err != nil {
		t.Fatal(err)
	}
	for _, nonce := range [][]byte{nil, make([]byte, 11), make([]byte, 12)} {
		r := &schema.Record{Nonce: nonce, Payload: make([]byte, 20)}
		expect(t, second(reader.c.seal.open(r)), ErrAuthentication)
	}
	expect(t, second(reader.c.seal.open(&schema.Record{Nonce: make([]byte, 12), Payload: make([]byte, 15)})), ErrAuthentication)
}

func TestARecordFromAnotherEncryptedFileIsRefused(t *testing.T) {
	one, other := newDraft(testKey), newDraft(testKey)
	one.header.WriterName, other.header.WriterName = "a", "b"
	first, second := one.build(t), other.build(t)
	reader, err := open(first, testKey)
	if err != nil {
		t.Fatal(err)
	}
	behindHeader := reader.c.headerEnd
	mixed := append(append([]byte{}, first[:behindHeader]...), second[behindHeader:]...)
	_, err = open(mixed, testKey)
	expect(t, err, ErrAuthentication)
}

func TestLengthPrefixes(t *testing.T) {
	cases := []struct {
		data []byte
		size uint64
		ok   bool
	}{
		{binary.AppendUvarint(nil, 1), 1, true},
		{binary.AppendUvarint(nil, 300), 2, true},
		{binary.AppendUvarint(nil, 1<<35-1), 5, true},
		{binary.AppendUvarint(nil, 1<<35), 0, false},
		{[]byte{0x80, 0}, 2, false},
		{[]byte{0x80}, 0, false},
	}
	for _, c := range cases {
		_, size, err := parsePrefix(c.data)
		if size != c.size || (err == nil) != c.ok {
			t.Errorf("%x: %d bytes, %v", c.data, size, err)
		}
	}
}

func editBody(d *draft, of schema.RecordKind, with []byte) {
	d.editBody = func(kind schema.RecordKind, body []byte) []byte {
		if kind == of {
			return with
		}
		return body
	}
}

func ofKind(kind schema.RecordKind, edit func(*schema.Record)) func(*schema.Record) {
	return func(r *schema.Record) {
		if r.GetKind() == kind {
			edit(r)
		}
	}
}

func appendPayload(text string) func(*schema.Record) {
	return func(r *schema.Record) { r.Payload = append(r.Payload, text...) }
}
