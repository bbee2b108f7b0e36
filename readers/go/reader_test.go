package datumpb

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/datumpb/datumpb/readers/go/schema"
)

var bothKeys = map[string]string{"plain": "", "encrypted": testKey}

func TestItemsInOrderByIndexAndByID(t *testing.T) {
	for name, key := range bothKeys {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "train.datum")
			write(t, path, newDraft(key).build(t))
			reader, err := Open(path, keyOption(key)...)
			if err != nil {
				t.Fatal(err)
			}
			defer reader.Close()
			expect(t, reader.Verify(), nil)
			if reader.Encrypted() != (key != "") || reader.Len() != 3 {
				t.Errorf("%d items, encrypted: %v", reader.Len(), reader.Encrypted())
			}
			items := reader.Items()
			for i, id := range []string{"one", "two", "three"} {
				byIndex, err := reader.Item(i)
				expect(t, err, nil)
				byID, err := reader.ItemByID(id)
				expect(t, err, nil)
				if !items.Next() {
					t.Fatal(items.Err())
				}
				inOrder := items.Item()
				if inOrder.GetId() != id || !proto.Equal(inOrder.Item, byIndex.Item) || !proto.Equal(inOrder.Item, byID.Item) {
					t.Errorf("item %d is %v, %v and %v", i, inOrder, byIndex, byID)
				}
			}
			if items.Next() || items.Err() != nil || items.Item() != nil {
				t.Errorf("a fourth item, or %v", items.Err())
			}
			item, err := reader.Item(0)
			expect(t, err, nil)
			expectNumbers(t, item.Coordinates(0), 1, 2.5, 3, 4.5)
			if item.Coordinates(1) != nil {
				t.Error("a caption has coordinates")
			}
			expect(t, second(reader.Item(3)), ErrItemNotFound)
			expect(t, second(reader.Item(-1)), ErrItemNotFound)
			expect(t, second(reader.ItemByID("four")), ErrItemNotFound)
			expect(t, second(reader.ItemByID("")), ErrItemNotFound)
		})
	}
}

func TestIDsOfOneCRC32AreToldApart(t *testing.T) {
	d := newDraft("")
	d.batches = [][]*schema.Item{{{Id: "plumless"}}, {{Id: "buckeroo"}}}
	reader, err := open(d.build(t), "")
	if err != nil {
		t.Fatal(err)
	}
	for i, id := range []string{"plumless", "buckeroo"} {
		item, err := reader.ItemByID(id)
		if err != nil || item.GetId() != id {
			t.Errorf("%v (%v)", item, err)
		}
		if got := reader.table.candidates(id); len(got) != 2 {
			t.Errorf("candidates of %s are %v", id, got)
		}
		if item, err := reader.Item(i); err != nil || item.GetId() != id {
			t.Errorf("%v (%v)", item, err)
		}
	}
}

func TestAFileWithoutItems(t *testing.T) {
	for name, key := range bothKeys {
		t.Run(name, func(t *testing.T) {
			d := newDraft(key)
			d.batches = nil
			data := d.build(t)
			reader, err := open(data, key)
			if err != nil {
				t.Fatal(err)
			}
			expect(t, reader.Verify(), nil)
			if items := reader.Items(); reader.Len() != 0 || items.Next() || items.Err() != nil {
				t.Errorf("%d items (%v)", reader.Len(), items.Err())
			}
			expect(t, second(reader.ItemByID("one")), ErrItemNotFound)
		})
	}
}

func TestRecordsOfALaterVersionAreSkipped(t *testing.T) {
	for name, key := range bothKeys {
		t.Run(name, func(t *testing.T) {
			d := newDraft(key)
			d.extra = []schema.RecordKind{9, 255}
			reader, err := open(d.build(t), key)
			if err != nil {
				t.Fatal(err)
			}
			expect(t, reader.Verify(), nil)
		})
	}
}

func TestRecordsOfALaterVersionHaveToBeAuthentic(t *testing.T) {
	d := newDraft(testKey)
	d.extra, d.plainExtra = []schema.RecordKind{9}, true
	reader, err := open(d.build(t), testKey)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, reader.Verify(), ErrAuthentication)
}

func TestSeveralGoroutinesShareAReader(t *testing.T) {
	d := newDraft(testKey)
	reader, err := open(d.build(t), testKey)
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for i := 0; i < 8; i++ {
		group.Add(1)
		go func(i int) {
			defer group.Done()
			if item, err := reader.Item(i % 3); err != nil || item.GetId() == "" {
				t.Errorf("%v (%v)", item, err)
			}
			count := 0
			for items := reader.Items(); items.Next(); {
				count++
			}
			if count != 3 {
				t.Errorf("%d items", count)
			}
		}(i)
	}
	group.Wait()
}

func TestReadingLeavesNoGoroutines(t *testing.T) {
	data := newDraft("").build(t)
	before := runtime.NumGoroutine()
	for i := 0; i < 20; i++ {
		if _, err := readAll(data, ""); err != nil {
			t.Fatal(err)
		}
	}
	if after := runtime.NumGoroutine(); after > before {
		t.Errorf("%d goroutines before, %d after", before, after)
	}
}

func TestFilesThatCannotBeOpened(t *testing.T) {
	folder := t.TempDir()
	if _, err := Open(filepath.Join(folder, "absent.datum")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	var pathError *os.PathError
	if _, err := Open(folder); !errors.As(err, &pathError) {
		t.Errorf("got %v", err)
	}
	path := filepath.Join(folder, "odd\nname.datum")
	write(t, path, []byte("something else"))
	_, err := Open(path)
	expect(t, err, ErrNotADatumFile)
	if !strings.Contains(err.Error(), `odd\nname.datum`) {
		t.Errorf("the message names another file: %v", err)
	}
}

func TestAReaderShowsNoKey(t *testing.T) {
	reader, err := open(newDraft(testKey).build(t), testKey)
	if err != nil {
		t.Fatal(err)
	}
	if text := fmt.Sprintf("%v %+v %#v", reader, reader, reader); strings.Contains(text, testKey[6:20]) {
		t.Error("the key is printed")
	}
}
