package datumpb

import (
	"encoding/binary"
	"hash/crc32"

	"google.golang.org/protobuf/proto"

	"github.com/datumpb/datumpb/readers/go/schema"
)

const (
	maxPrefixSize = 5
	contextSize   = 24
	// Protobuf's usual limit; the format nests less deep (section 13).
	maxMessageDepth = 100
)

var (
	parseOptions    = proto.UnmarshalOptions{RecursionLimit: maxMessageDepth}
	envelopeOptions = proto.UnmarshalOptions{RecursionLimit: maxMessageDepth, DiscardUnknown: true}
)

// parse reads a message that a file holds, called name in the error.
func parse(data []byte, message proto.Message, name string) error {
	if err := parseOptions.Unmarshal(data, message); err != nil {
		return damaged("%s cannot be parsed", name)
	}
	return nil
}

// record is an envelope in its place, the checksum verified. Place and size are with the length prefix.
type record struct {
	*schema.Record
	offset, size uint64
}

func (r record) end() uint64 { return r.offset + r.size }

// recordContext returns what checksum and tag cover besides the payload (section 4).
func recordContext(r *schema.Record) []byte {
	context := make([]byte, contextSize, contextSize+headerHashSize)
	copy(context, "DTPB\x01")
	context[5] = byte(r.GetKind())
	context[6] = byte(r.GetCodec())
	binary.BigEndian.PutUint64(context[8:], r.GetSeq())
	binary.BigEndian.PutUint64(context[16:], r.GetRawSize())
	return context
}

// readRecord reads the record at an offset. Its size is 0 where nobody knows it yet.
func readRecord(src *source, offset, size, limit uint64) (record, error) {
	if size > limit+maxPrefixSize {
		return record{}, src.at(offset, tooLarge(size, limit))
	}
	headSize := size
	if size == 0 {
		headSize = maxPrefixSize
		if offset < src.size && src.size-offset < headSize {
			headSize = src.size - offset
		}
	}
	head, err := src.read(offset, headSize)
	if err != nil {
		return record{}, err
	}
	length, prefixSize, err := parsePrefix(head)
	if err != nil {
		if size == 0 && headSize < maxPrefixSize && prefixSize == 0 {
			err = refuse(ErrTruncatedFile, "the file ends inside of a length prefix")
		}
		return record{}, src.at(offset, err)
	}
	if length > limit {
		return record{}, src.at(offset, tooLarge(length, limit))
	}
	data := head[prefixSize:]
	if size == 0 {
		if data, err = src.read(offset+prefixSize, length); err != nil {
			return record{}, err
		}
	} else if size != prefixSize+length {
		text := "%d bytes are listed, the record itself says %d"
		return record{}, src.at(offset, damaged(text, size, prefixSize+length))
	}
	envelope, err := parseEnvelope(data)
	if err != nil {
		return record{}, src.at(offset, err)
	}
	return record{Record: envelope, offset: offset, size: prefixSize + length}, nil
}

// parsePrefix reads a length prefix and returns the length and its own size; size 0 with an error: it has no end.
func parsePrefix(data []byte) (length, size uint64, err error) {
	for i, b := range data {
		if i == maxPrefixSize {
			break
		}
		length |= uint64(b&0x7f) << (7 * i)
		if b < 0x80 {
			if b == 0 && i > 0 {
				return 0, uint64(i + 1), damaged("the length prefix is padded")
			}
			return length, uint64(i + 1), nil
		}
	}
	return 0, 0, damaged("the length prefix has no end")
}

// parseEnvelope parses a record between the two ends of a file, and verifies its checksum.
func parseEnvelope(data []byte) (*schema.Record, error) {
	r := new(schema.Record)
	if envelopeOptions.Unmarshal(data, r) != nil {
		return nil, damaged("not a record")
	}
	complete := r.Sync != nil && r.Seq != nil && r.RawSize != nil && r.Crc32 != nil
	// Kind and codec are a byte each in the context.
	inRange := r.Kind > 0 && r.Kind < 256 && r.Codec > 0 && r.Codec < 256
	if !complete || !inRange || proto.Size(r) != len(data) {
		return nil, damaged("not a well-formed record")
	}
	sum := crc32.ChecksumIEEE(recordContext(r))
	sum = crc32.Update(sum, crc32.IEEETable, r.Nonce)
	if crc32.Update(sum, crc32.IEEETable, r.Payload) != *r.Crc32 {
		return nil, damaged("checksum mismatch: the record is damaged")
	}
	return r, nil
}

func tooLarge(size, limit uint64) error {
	return refuse(ErrLimit, "a record of %d bytes is announced, the limit is %d", size, limit)
}
