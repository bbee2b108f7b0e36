package datumpb

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"hash/crc32"
	"io"
	"testing"

	"github.com/klauspost/compress/zstd"
	"google.golang.org/protobuf/proto"

	"github.com/datumpb/datumpb/readers/go/schema"
)

const (
	testKey  = "datum-AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
	otherKey = "datum-AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="
)

var testSync = []byte("testsync")

// draft is a file to be written; the edit functions, where there are any, make it a wrong one.
type draft struct {
	key        string
	header     *schema.Header
	meta       *schema.Meta
	batches    [][]*schema.Item
	codec      schema.Codec
	extra      []schema.RecordKind // behind META
	plainExtra bool                // those are not encrypted
	editBody   func(kind schema.RecordKind, body []byte) []byte
	editIndex  func(*schema.Index)
	editFooter func(*schema.Footer)
	editRecord func(*schema.Record)
}

// newDraft is a file of two blocks, three items and every field that the tests change.
func newDraft(key string) *draft {
	label := uint32(1)
	bbox := &schema.Annotation{Id: 7, LabelIndex: &label, Kind: &schema.Annotation_Bbox{
		Bbox: &schema.Bbox{Xywh: &schema.Coordinates{Decimals: 1, Delta: []int64{10, 25, 30, 45}}},
	}}
	caption := &schema.Annotation{Kind: &schema.Annotation_Caption{Caption: &schema.Caption{Caption: "a cat"}}}
	labels := []*schema.LabelCategory{{Name: "dog"}, {Name: "cat"}}
	return &draft{
		key:    key,
		codec:  schema.Codec_CODEC_ZSTD,
		header: &schema.Header{FormatMajor: 1, Content: schema.ContentType_CONTENT_TYPE_ANNOTATIONS, MaxRecordSize: 1 << 20},
		meta:   &schema.Meta{Subset: "train", Categories: &schema.Categories{Labels: &schema.LabelCategories{Labels: labels}}},
		batches: [][]*schema.Item{
			{{Id: "one", Annotations: []*schema.Annotation{bbox, caption}}, {Id: "two"}},
			{{Id: "three", Annotations: []*schema.Annotation{bbox}}},
		},
	}
}

// start writes PREAMBLE and HEADER.
func (d *draft) start(t testing.TB) *builder {
	t.Helper()
	b := &builder{draft: d, t: t, file: preamble(testSync), checksums: binary.LittleEndian.AppendUint32(nil, preambleCRC32), seq: 1}
	header := proto.Clone(d.header).(*schema.Header)
	if d.key != "" {
		key, err := parseKey(d.key)
		if err != nil {
			t.Fatal(err)
		}
		salt := bytes.Repeat([]byte{9}, saltSize)
		_, commitment := deriveKeys(key, salt)
		if header.Encryption == nil {
			header.Encryption = &schema.Encryption{Aead: schema.Aead_AEAD_AES_256_GCM, Salt: salt, Commitment: commitment}
		}
		b.write(kindHeader, marshal(t, header), schema.Codec_CODEC_NONE)
		encryption := &schema.Encryption{Salt: salt, Commitment: commitment}
		if b.seal, err = newSeal(key, encryption, sha256.Sum256(b.file)); err != nil {
			t.Fatal(err)
		}
	} else {
		b.write(kindHeader, marshal(t, header), schema.Codec_CODEC_NONE)
	}
	return b
}

// build writes the file.
func (d *draft) build(t testing.TB) []byte {
	t.Helper()
	b := d.start(t)
	b.write(kindMeta, marshal(t, d.meta), d.codec)
	for _, kind := range d.extra {
		b.write(kind, []byte("later"), schema.Codec_CODEC_NONE)
	}
	index, footer := &schema.Index{}, &schema.Footer{Statistics: &schema.Statistics{}}
	tally := newTally()
	for _, batch := range d.batches {
		where := b.write(kindBlock, marshal(t, &schema.ItemBatch{Items: batch}), d.codec)
		index.Blocks = append(index.Blocks, &schema.BlockEntry{
			Offset: where.offset, Size: where.size, Seq: where.seq, Crc32: where.crc32, ItemCount: uint32(len(batch)),
		})
		for _, item := range batch {
			index.ItemIdCrc32 = append(index.ItemIdCrc32, crc32.ChecksumIEEE([]byte(item.GetId())))
			for _, annotation := range item.GetAnnotations() {
				tally.add(annotation)
			}
		}
	}
	footer.Statistics = tally.message()
	footer.ItemCount = uint64(len(index.ItemIdCrc32))
	if d.editIndex != nil {
		d.editIndex(index)
	}
	where := b.write(kindIndex, marshal(t, index), d.codec)
	footer.Index = []*schema.IndexEntry{{
		Offset: where.offset, Size: where.size, Seq: where.seq, Crc32: where.crc32,
		BlockCount: uint64(len(index.Blocks)), ItemCount: uint64(len(index.ItemIdCrc32)),
	}}
	footer.RecordCount, footer.RecordsCrc32 = b.seq, crc32.ChecksumIEEE(b.checksums)
	if d.editFooter != nil {
		d.editFooter(footer)
	}
	where = b.write(kindFooter, marshal(t, footer), d.codec)
	return append(b.file, trailer(testSync, where.offset, where.size)...)
}

// buildMedia writes a media file of two records.
func buildMedia(t testing.TB, key, path string, pieces ...string) []byte {
	t.Helper()
	d := newDraft(key)
	d.header.Content = schema.ContentType_CONTENT_TYPE_MEDIA
	b := d.start(t)
	b.write(kindMeta, marshal(t, &schema.MediaMeta{Path: path}), d.codec)
	var size uint64
	for _, piece := range pieces {
		b.write(kindMedia, []byte(piece), d.codec)
		size += uint64(len(piece))
	}
	footer := &schema.Footer{RecordCount: b.seq, RecordsCrc32: crc32.ChecksumIEEE(b.checksums), MediaSize: &size}
	where := b.write(kindFooter, marshal(t, footer), d.codec)
	return append(b.file, trailer(testSync, where.offset, where.size)...)
}

// builder appends records to a file.
type builder struct {
	*draft
	t         testing.TB
	file      []byte
	checksums []byte
	seq       uint64
	seal      *seal
}

func (b *builder) write(kind schema.RecordKind, body []byte, codec schema.Codec) place {
	if b.editBody != nil {
		body = b.editBody(kind, body)
	}
	payload := body
	if codec == schema.Codec_CODEC_ZSTD {
		payload = compress(b.t, body)
	}
	r := &schema.Record{
		Sync: proto.Uint64(binary.LittleEndian.Uint64(testSync)), Kind: kind, Seq: proto.Uint64(b.seq), Codec: codec,
		RawSize: proto.Uint64(uint64(len(body))), Payload: payload,
	}
	if b.editRecord != nil {
		b.editRecord(r)
	}
	if b.seal != nil && !(b.plainExtra && kind > kindTrailer) {
		r.Nonce = bytes.Repeat([]byte{byte(b.seq)}, nonceSize)
		r.Payload = b.seal.cipher.Seal(nil, r.Nonce, r.Payload, append(recordContext(r), b.seal.headerHash[:]...))
	}
	sum := crc32.ChecksumIEEE(append(append(recordContext(r), r.Nonce...), r.Payload...))
	r.Crc32 = &sum
	data := marshal(b.t, r)
	data = append(binary.AppendUvarint(nil, uint64(len(data))), data...)
	where := place{uint64(len(b.file)), uint64(len(data)), r.GetSeq(), sum}
	b.file = append(b.file, data...)
	b.checksums = binary.LittleEndian.AppendUint32(b.checksums, sum)
	b.seq++
	return where
}

func compress(t testing.TB, body []byte) []byte {
	t.Helper()
	encoder, err := zstd.NewWriter(nil, zstd.WithSingleSegment(true), zstd.WithEncoderConcurrency(1), zstd.WithZeroFrames(true))
	if err != nil {
		t.Fatal(err)
	}
	return encoder.EncodeAll(body, nil)
}

func marshal(t testing.TB, message proto.Message) []byte {
	t.Helper()
	data, err := proto.MarshalOptions{Deterministic: true}.Marshal(message)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// message returns the statistics as a file has them.
func (t *tally) message() *schema.Statistics {
	statistics := &schema.Statistics{AnnotationCount: t.count, UnlabelledCount: t.unlabelled}
	for number := schema.AnnotationType(0); number < 64; number++ {
		if count := t.types[number]; count > 0 {
			statistics.Types = append(statistics.Types, &schema.TypeCount{Type: number, Count: count})
		}
	}
	for label := uint32(0); label < 64; label++ {
		if count := t.labels[label]; count > 0 {
			statistics.Labels = append(statistics.Labels, &schema.LabelCount{LabelIndex: label, Count: count})
		}
	}
	return statistics
}

// open opens a file in memory; key may be empty.
func open(data []byte, key string) (*Reader, error) {
	return OpenReaderAt(bytes.NewReader(data), int64(len(data)), keyOption(key)...)
}

func keyOption(key string) []Option {
	if key == "" {
		return nil
	}
	return []Option{WithKey(key)}
}

// readAll returns the items of a file in memory, serialized, with their coordinates.
func readAll(data []byte, key string) ([]string, error) {
	reader, err := open(data, key)
	if err != nil {
		return nil, err
	}
	var found []string
	items := reader.Items()
	for items.Next() {
		item := items.Item()
		text, err := proto.MarshalOptions{Deterministic: true}.Marshal(item.Item)
		if err != nil {
			return nil, err
		}
		for _, number := range item.numbers {
			text = binary.AppendUvarint(text, uint64(number))
		}
		found = append(found, string(text))
	}
	return found, items.Err()
}

// drain reads media to its end.
func drain(media io.ReadCloser, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	defer media.Close()
	return io.ReadAll(media)
}
