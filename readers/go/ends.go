package datumpb

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"

	"github.com/datumpb/datumpb/readers/go/schema"
)

const (
	preambleSize  = 37
	trailerSize   = 48
	syncSize      = 8
	magicOffset   = 25
	magic         = "\x89DATUMPB\r\n\x1a\n"
	preambleCRC32 = 0x823146d6
)

// preamble returns the first record of a file, byte by byte (section 5).
func preamble(sync []byte) []byte {
	data := append([]byte{preambleSize - 1, 0x09}, sync...)
	data = append(data, 0x10, 1, 0x18, 0, 0x20, 1, 0x35)
	data = binary.LittleEndian.AppendUint32(data, preambleCRC32)
	data = append(data, 0x42, 14, 0x0a, 12)
	return append(data, magic...)
}

// trailer returns the last record of a file, byte by byte (section 5).
func trailer(sync []byte, footerOffset, footerSize uint64) []byte {
	body := binary.LittleEndian.AppendUint64([]byte{0x09}, footerOffset)
	body = binary.LittleEndian.AppendUint64(append(body, 0x11), footerSize)
	body = binary.LittleEndian.AppendUint64(append(body, 0x19), footerOffset+footerSize+trailerSize)
	envelope := schema.Record{Kind: schema.RecordKind_RECORD_KIND_TRAILER, Codec: schema.Codec_CODEC_NONE}
	sum := crc32.Update(crc32.ChecksumIEEE(recordContext(&envelope)), crc32.IEEETable, body)
	data := append([]byte{trailerSize - 1, 0x09}, sync...)
	data = binary.LittleEndian.AppendUint32(append(data, 0x10, 8, 0x20, 1, 0x35), sum)
	return append(append(data, 0x42, byte(len(body))), body...)
}

// readPreamble reads the start of a file and returns its sync bytes.
func readPreamble(src *source) ([]byte, error) {
	size := src.size
	if size > preambleSize {
		size = preambleSize
	}
	data, err := src.read(0, size)
	if err != nil {
		return nil, err
	}
	complete := preamble(make([]byte, syncSize))
	if len(data) < preambleSize {
		start := len(data) > 0 && bytes.HasPrefix(complete[:2], data[:min(len(data), 2)])
		if start && bytes.HasPrefix([]byte(magic), data[min(len(data), magicOffset):]) {
			return nil, src.at(0, refuse(ErrTruncatedFile, "the file ends at byte %d, inside of PREAMBLE", len(data)))
		}
		return nil, src.about(refuse(ErrNotADatumFile, "not a .datum file"))
	}
	sync := data[2 : 2+syncSize]
	if bytes.Equal(data, preamble(sync)) {
		return sync, nil
	}
	if string(data[magicOffset:]) == magic {
		return nil, src.at(0, damaged("PREAMBLE is damaged"))
	}
	return nil, src.about(refuse(ErrNotADatumFile, "not a .datum file"))
}

// readTrailer reads the end of a file and returns where FOOTER is, behind start.
func readTrailer(src *source, sync []byte, start uint64) (offset, size uint64, err error) {
	missing := refuse(ErrTruncatedFile, "there is no TRAILER at the end: the file was cut off, or never finished")
	if src.size < preambleSize+trailerSize {
		return 0, 0, src.at(src.size, missing)
	}
	place := src.size - trailerSize
	data, err := src.read(place, trailerSize)
	if err != nil {
		return 0, 0, err
	}
	if data[0] != trailerSize-1 || data[1] != 0x09 || !bytes.Equal(data[2:2+syncSize], sync) {
		return 0, 0, src.at(src.size, missing)
	}
	offset = binary.LittleEndian.Uint64(data[22:])
	size = binary.LittleEndian.Uint64(data[31:])
	inside := start <= offset && offset < place && size == place-offset
	if !inside || !bytes.Equal(data, trailer(sync, offset, size)) {
		return 0, 0, src.at(place, damaged("TRAILER is damaged, or does not fit the file"))
	}
	return offset, size, nil
}

func min(a, b int) int {
	if a < b {
		return a
	}
	return b
}
