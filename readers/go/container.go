package datumpb

import (
	"crypto/sha256"
	"encoding/binary"

	"google.golang.org/protobuf/proto"

	"github.com/datumpb/datumpb/readers/go/schema"
)

const (
	formatMajor = 1
	headerSeq   = 1
	metaSeq     = 2
	headerLimit = 1 << 20
	// The largest max_record_size that this reader accepts.
	ownRecordLimit = 1 << 28
)

const (
	kindHeader  = schema.RecordKind_RECORD_KIND_HEADER
	kindMeta    = schema.RecordKind_RECORD_KIND_META
	kindBlock   = schema.RecordKind_RECORD_KIND_BLOCK
	kindMedia   = schema.RecordKind_RECORD_KIND_MEDIA
	kindIndex   = schema.RecordKind_RECORD_KIND_INDEX
	kindFooter  = schema.RecordKind_RECORD_KIND_FOOTER
	kindTrailer = schema.RecordKind_RECORD_KIND_TRAILER
)

// container is a complete file of records, its two ends read.
type container struct {
	src                      *source
	sync                     uint64
	header                   *schema.Header
	headerEnd                uint64
	headerCRC32              uint32
	seal                     *seal
	limit                    uint64
	footer                   *schema.Footer
	footerOffset, footerSize uint64
}

// openContainer reads PREAMBLE, HEADER, TRAILER and FOOTER (section 9). keyText is nil where no key was given.
func openContainer(src *source, keyText *string, content schema.ContentType) (*container, error) {
	sync, err := readPreamble(src)
	if err != nil {
		return nil, err
	}
	c := &container{src: src, sync: binary.LittleEndian.Uint64(sync)}
	if err := c.readHeader(); err != nil {
		return nil, err
	}
	if c.header.GetContent() != content {
		return nil, src.at(preambleSize, damaged("the file holds %v, expected %v", c.header.GetContent(), content))
	}
	if err := c.unlock(keyText); err != nil {
		return nil, src.about(err)
	}
	c.footerOffset, c.footerSize, err = readTrailer(src, sync, c.headerEnd)
	if err != nil {
		return nil, err
	}
	return c, c.readFooter()
}

func (c *container) readHeader() error {
	r, err := readRecord(c.src, preambleSize, 0, headerLimit)
	if err != nil {
		return err
	}
	c.headerEnd, c.headerCRC32 = r.end(), r.GetCrc32()
	if err := c.expect(r, kindHeader, headerSeq); err != nil {
		return err
	}
	body, err := openBody(r.Record, nil, headerLimit)
	if err != nil {
		return c.src.at(r.offset, err)
	}
	c.header = new(schema.Header)
	if err := parse(body, c.header, "HEADER"); err != nil {
		return c.src.at(r.offset, err)
	}
	c.limit = c.header.GetMaxRecordSize()
	return c.src.at(r.offset, checkHeader(c.header))
}

// checkHeader refuses what section 6 says, in its order.
func checkHeader(header *schema.Header) error {
	if header.GetFormatMajor() == 0 {
		return damaged("HEADER has no format version")
	}
	if header.GetFormatMajor() > formatMajor {
		text := "format version %d.%d needs a newer reader"
		return refuse(ErrUnsupportedFile, text, header.GetFormatMajor(), header.GetFormatMinor())
	}
	if features := header.GetRequiredFeatures(); len(features) > 0 {
		return refuse(ErrUnsupportedFile, "the file requires %.60q, which this reader does not know", features[0])
	}
	if header.GetMaxRecordSize() > ownRecordLimit {
		text := "records of %d bytes are announced, this reader's limit is %d"
		return refuse(ErrLimit, text, header.GetMaxRecordSize(), ownRecordLimit)
	}
	if header.GetMaxRecordSize() == 0 {
		return damaged("HEADER has no largest size of a record")
	}
	encryption := header.GetEncryption()
	if encryption == nil {
		return nil
	}
	if encryption.GetAead() != schema.Aead_AEAD_AES_256_GCM {
		return refuse(ErrUnsupportedFile, "the file is encrypted by a method (%d) that this reader does not know", encryption.GetAead())
	}
	if len(encryption.GetSalt()) != saltSize || len(encryption.GetCommitment()) != commitmentSize {
		return damaged("the encryption parameters in HEADER have the wrong size")
	}
	return nil
}

// unlock compares the key with the file, and derives the file's keys from it (section 10).
func (c *container) unlock(keyText *string) error {
	encryption := c.header.GetEncryption()
	if keyText == nil {
		if encryption != nil {
			return refuse(ErrMissingKey, "the file is encrypted: give its key")
		}
		return nil
	}
	key, err := parseKey(*keyText)
	if err != nil {
		return err
	}
	if encryption == nil {
		return refuse(ErrUnexpectedKey, "a key was given, but the file is not encrypted; was it replaced by another?")
	}
	start, err := c.src.read(0, c.headerEnd)
	if err != nil {
		return err
	}
	c.seal, err = newSeal(key, encryption, sha256.Sum256(start))
	return err
}

func (c *container) readFooter() error {
	r, err := c.read(c.footerOffset, c.footerSize)
	if err != nil {
		return err
	}
	c.footer = new(schema.Footer)
	if err := c.expect(r, kindFooter, r.GetSeq()); err != nil {
		return err
	}
	if err := c.parseBody(r, c.footer, "FOOTER"); err != nil {
		return err
	}
	if c.footer.GetRecordCount() != r.GetSeq() {
		text := "FOOTER counts %d records, its number is %d"
		return c.src.at(r.offset, damaged(text, c.footer.GetRecordCount(), r.GetSeq()))
	}
	return nil
}

// readMeta parses META, which stands right behind HEADER.
func (c *container) readMeta(meta proto.Message) error {
	r, err := c.read(c.headerEnd, 0)
	if err != nil {
		return err
	}
	if err := c.expect(r, kindMeta, metaSeq); err != nil {
		return err
	}
	return c.parseBody(r, meta, "META")
}

// read returns the record at an offset; size 0: not known yet.
func (c *container) read(offset, size uint64) (record, error) {
	return readRecord(c.src, offset, size, c.limit)
}

// readListed returns the body of a record that another one lists.
func (c *container) readListed(kind schema.RecordKind, place place) ([]byte, error) {
	if place.size == 0 {
		return nil, c.src.at(place.offset, damaged("a record of 0 bytes is listed"))
	}
	r, err := c.read(place.offset, place.size)
	if err != nil {
		return nil, err
	}
	if err := c.expect(r, kind, place.seq); err != nil {
		return nil, err
	}
	if r.GetCrc32() != place.crc32 {
		return nil, c.src.at(place.offset, damaged("the record is not the one that is listed"))
	}
	return c.body(r)
}

// expect checks that a record is of this file, of a kind and in its place.
func (c *container) expect(r record, kind schema.RecordKind, seq uint64) error {
	var err error
	switch {
	case r.GetSync() != c.sync:
		err = damaged("the record belongs to another file")
	case r.GetKind() != kind:
		err = damaged("expected %v, found record kind %d", kind, r.GetKind())
	case r.GetSeq() != seq:
		err = damaged("records are missing, repeated or out of order: expected number %d, found %d", seq, r.GetSeq())
	}
	return c.src.at(r.offset, err)
}

// body decrypts and decompresses a record.
func (c *container) body(r record) ([]byte, error) {
	body, err := openBody(r.Record, c.seal, c.limit)
	return body, c.src.at(r.offset, err)
}

// parseBody parses a record's body.
func (c *container) parseBody(r record, message proto.Message, name string) error {
	body, err := c.body(r)
	if err != nil {
		return err
	}
	return c.src.at(r.offset, parse(body, message, name))
}
