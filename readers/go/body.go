package datumpb

import (
	"sync"

	"github.com/klauspost/compress/zstd"

	"github.com/datumpb/datumpb/readers/go/schema"
)

// The largest window that a frame may name: bodies are decompressed at once, without a window's memory.
const maxWindow = 1 << 41

// decoder has no goroutines: it decompresses whole frames, in those of its callers.
var decoder struct {
	once sync.Once
	zstd *zstd.Decoder
	err  error
}

// openBody decrypts and decompresses a record's body of at most limit bytes.
func openBody(r *schema.Record, seal *seal, limit uint64) ([]byte, error) {
	if r.GetRawSize() > limit {
		return nil, refuse(ErrLimit, "a body of %d bytes is announced, the limit is %d", r.GetRawSize(), limit)
	}
	stored, err := seal.open(r)
	if err != nil {
		return nil, err
	}
	body := stored
	switch r.GetCodec() {
	case schema.Codec_CODEC_NONE:
	case schema.Codec_CODEC_ZSTD:
		if body, err = decompress(stored, r.GetRawSize()); err != nil {
			return nil, err
		}
	default:
		return nil, damaged("unknown codec %d", r.GetCodec())
	}
	if uint64(len(body)) != r.GetRawSize() {
		return nil, damaged("a body of %d bytes was announced, %d came", r.GetRawSize(), len(body))
	}
	return body, nil
}

// decompress expands one frame that states its size.
func decompress(stored []byte, size uint64) ([]byte, error) {
	if err := checkFrame(stored, size); err != nil {
		return nil, err
	}
	decoder.once.Do(func() {
		decoder.zstd, decoder.err = zstd.NewReader(nil, zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderMaxMemory(maxWindow))
	})
	if decoder.err != nil {
		return nil, decoder.err
	}
	body, err := decoder.zstd.DecodeAll(stored, nil)
	if err != nil {
		return nil, damaged("the Zstandard frame is damaged: %v", err)
	}
	return body, nil
}

// checkFrame refuses what the decoder would take in silence: frames behind the first, skippable ones, dictionaries.
func checkFrame(stored []byte, size uint64) error {
	const (
		blockHeaderSize = 3
		rleBlock        = 1
		reservedBlock   = 3
		checksumSize    = 4
	)
	var header zstd.Header
	if err := header.Decode(stored); err != nil || header.Skippable {
		return damaged("not a Zstandard frame")
	}
	if header.DictionaryID != 0 {
		return damaged("the Zstandard frame needs a dictionary")
	}
	if !header.HasFCS || header.FrameContentSize != size {
		return damaged("a body of %d bytes was announced, its Zstandard frame says otherwise", size)
	}
	rest := stored[header.HeaderSize:]
	for last := false; !last; {
		if len(rest) < blockHeaderSize {
			return damaged("the Zstandard frame is cut off")
		}
		block := int(rest[0]) | int(rest[1])<<8 | int(rest[2])<<16
		last = block&1 != 0
		stored := block >> 3
		switch block >> 1 & 3 {
		case rleBlock:
			stored = 1
		case reservedBlock:
			return damaged("the Zstandard frame has a block of an unknown type")
		}
		if rest = rest[blockHeaderSize:]; len(rest) < stored {
			return damaged("the Zstandard frame is cut off")
		}
		rest = rest[stored:]
	}
	trailing := 0
	if header.HasCheckSum {
		trailing = checksumSize
	}
	if len(rest) != trailing {
		return damaged("the Zstandard frame is cut off, or not alone")
	}
	return nil
}
