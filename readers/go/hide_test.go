package datumpb

import (
	"encoding/binary"
	"hash/crc32"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/datumpb/datumpb/readers/go/schema"
)

// A record of an unknown kind that swallows all others, FOOTER included, leaves each of them in its place, where random
// access finds it. Who walks all records would skip them.
func TestARecordThatHidesTheOthersIsRefused(t *testing.T) {
	for name, key := range bothKeys {
		t.Run(name, func(t *testing.T) {
			d := newDraft(key)
			d.extra = []schema.RecordKind{9}
			data := d.build(t)
			reader, err := open(data, key)
			if err != nil {
				t.Fatal(err)
			}
			meta, err := reader.c.read(reader.c.headerEnd, 0)
			if err != nil {
				t.Fatal(err)
			}
			footerEnd := reader.c.footerOffset + reader.c.footerSize
			for _, end := range []uint64{footerEnd, footerEnd - 1, reader.c.footerOffset + 1} {
				forged := append([]byte{}, data...)
				swallow(t, forged[meta.end():end])
				hidden, err := open(forged, key)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := readAll(forged, key); err != nil {
					t.Errorf("the items are not where they were: %v", err)
				}
				expect(t, hidden.Verify(), ErrDamagedFile)
				walker := newWalker(hidden.c)
				for err = error(nil); err == nil; {
					_, err = walker.next()
				}
				expect(t, err, ErrDamagedFile)
			}
		})
	}
}

// swallow makes one record of an unknown kind of these bytes; only the first few change.
func swallow(t *testing.T, data []byte) {
	t.Helper()
	for size := len(data); size > 0; size-- {
		r := &schema.Record{
			Sync: proto.Uint64(binary.LittleEndian.Uint64(testSync)), Kind: 9, Seq: proto.Uint64(3),
			Codec: schema.Codec_CODEC_NONE, RawSize: proto.Uint64(uint64(size)), Payload: data[len(data)-size:],
		}
		sum := crc32.ChecksumIEEE(append(recordContext(r), r.Payload...))
		r.Crc32 = &sum
		body := marshal(t, r)
		if prefix := binary.AppendUvarint(nil, uint64(len(body))); len(prefix)+len(body) == len(data) {
			copy(data, append(prefix, body...))
			return
		}
	}
	t.Fatal("no record has this size")
}
