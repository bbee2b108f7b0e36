package datumpb

import (
	"encoding/binary"
	"hash/crc32"
	"io"

	"github.com/datumpb/datumpb/readers/go/schema"
)

// followers is which known kinds may follow which, by what a file holds (section 3).
var followers = map[schema.ContentType]map[schema.RecordKind][]schema.RecordKind{
	schema.ContentType_CONTENT_TYPE_ANNOTATIONS: {
		kindHeader: {kindMeta},
		kindMeta:   {kindBlock, kindIndex},
		kindBlock:  {kindBlock, kindIndex},
		kindIndex:  {kindIndex, kindFooter},
	},
	schema.ContentType_CONTENT_TYPE_MEDIA: {
		kindHeader: {kindMeta},
		kindMeta:   {kindMedia, kindFooter},
		kindMedia:  {kindMedia, kindFooter},
	},
}

// walker goes through all records from META to FOOTER and compares them with what FOOTER says of them.
type walker struct {
	c        *container
	offset   uint64
	seq      uint64
	previous schema.RecordKind
	checksum uint32
}

func newWalker(c *container) *walker {
	w := &walker{c: c, offset: c.headerEnd, seq: metaSeq, previous: kindHeader}
	w.sum(preambleCRC32)
	w.sum(c.headerCRC32)
	return w
}

// next returns the next record, and io.EOF behind FOOTER.
func (w *walker) next() (record, error) {
	c := w.c
	if w.previous == kindFooter {
		return record{}, io.EOF
	}
	// One that reaches over the start of FOOTER, or over all of it, would hide it.
	if w.offset > c.footerOffset {
		return record{}, c.src.at(c.footerOffset, damaged("the records do not lead to FOOTER"))
	}
	isFooter := w.offset == c.footerOffset
	var size uint64
	if isFooter {
		size = c.footerSize
	}
	r, err := c.read(w.offset, size)
	if err != nil {
		return record{}, err
	}
	if err := c.expect(r, r.GetKind(), w.seq); err != nil {
		return record{}, err
	}
	if !w.inPlace(r.GetKind()) || r.GetKind() == kindFooter && !isFooter {
		return record{}, c.src.at(w.offset, damaged("a record of kind %d is not in its place", r.GetKind()))
	}
	if isFooter && w.checksum != c.footer.GetRecordsCrc32() {
		return record{}, c.src.at(w.offset, damaged("FOOTER vouches for other records than the file has"))
	}
	w.sum(r.GetCrc32())
	w.offset, w.seq = r.end(), w.seq+1
	return r, nil
}

// inPlace tells whether a record of a kind may follow those before it; unknown kinds may, between META and FOOTER.
func (w *walker) inPlace(kind schema.RecordKind) bool {
	if kind > kindTrailer && w.previous != kindHeader {
		return true
	}
	for _, follower := range followers[w.c.header.GetContent()][w.previous] {
		if kind == follower {
			w.previous = kind
			return true
		}
	}
	return false
}

func (w *walker) sum(crc uint32) {
	w.checksum = crc32.Update(w.checksum, crc32.IEEETable, binary.LittleEndian.AppendUint32(nil, crc))
}
