package datumpb

import (
	"os"
	"path/filepath"
	"testing"

	"google.golang.org/protobuf/proto"
)

// FuzzOpen: no bytes make a reader panic, and what Verify finds sound can be read.
func FuzzOpen(f *testing.F) {
	for _, key := range bothKeys {
		f.Add(newDraft(key).build(f))
	}
	f.Add(plainExample(f))
	f.Add(sealedExample(f, "file"))
	// Those of the conformance suite, where they are.
	suite, err := filepath.Glob("../../conformance/*/*.datum")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range suite {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		if len(data) < 4096 {
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, key := range bothKeys {
			reader, err := open(data, key)
			if err != nil {
				continue
			}
			sound := reader.Verify() == nil
			_, err = readAll(data, key)
			if sound && err != nil {
				t.Errorf("Verify accepts what Items refuses: %v", err)
			}
			for i := 0; err == nil && i < reader.Len(); i++ {
				item, err := reader.Item(i)
				if err != nil {
					t.Fatal(err)
				}
				byID, err := reader.ItemByID(item.GetId())
				if sound && (err != nil || !proto.Equal(item.Item, byID.Item)) {
					t.Errorf("item %d by its id is %v (%v)", i, byID, err)
				}
			}
		}
	})
}

// FuzzItem: no checksum stands between these bytes and the checks.
func FuzzItem(f *testing.F) {
	for _, batch := range newDraft("").batches {
		for _, item := range batch {
			f.Add(marshal(f, item))
		}
	}
	f.Add([]byte("\x0a\x01x\x22\x1a\x3a\x18\x0a\x16\x08\x01\x12\x03\xfa\x01\x50\x28\x05\x32\x07\x5e\x79\x94\xe4\xa6\x3d\x02\x3a\x02\xb7\x2e"))
	f.Add([]byte("\x0a\x01x\x22\x14\x8a\x01\x11\x08\x04\x10\x05\x1a\x0b5220003PPP0"))
	f.Fuzz(func(t *testing.T, data []byte) {
		item, err := newItem(data)
		if err != nil {
			return
		}
		for i, annotation := range item.GetAnnotations() {
			_ = item.Coordinates(i)
			if mask := annotation.GetMask(); mask != nil {
				_, _ = MaskRuns(mask) // an error is as good as runs
			}
		}
	})
}
