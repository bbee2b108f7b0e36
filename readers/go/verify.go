package datumpb

import (
	"errors"
	"hash/crc32"
	"io"

	"github.com/datumpb/datumpb/readers/go/schema"
)

// Verify reads the whole file and compares everything that it says about itself; repeated ids, labels that there are not
// and malformed masks are refused, too. Nil: the file is sound. It takes memory for all ids.
func (r *Reader) Verify() error {
	v := verification{c: r.c, table: r.table, ids: make(map[string]struct{}), statistics: newTally()}
	if labels := r.meta.GetCategories().GetLabels(); labels != nil {
		v.hasLabels, v.labels = true, uint64(len(labels.GetLabels()))
	}
	walker := newWalker(r.c)
	for {
		record, err := walker.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := v.record(record); err != nil {
			return r.c.src.at(record.offset, err)
		}
	}
}

// verification is an account of a file, kept anew from what is in it, to be compared with the file's own.
type verification struct {
	c          *container
	table      *blockTable
	hasLabels  bool
	labels     uint64
	ids        map[string]struct{}
	idCRC32    []uint32
	blocks     []blockEntry
	indexes    []place
	statistics *tally
}

func (v *verification) record(r record) error {
	switch r.GetKind() {
	case kindBlock:
		return v.block(r)
	case kindIndex:
		v.indexes = append(v.indexes, placeOf(r))
	case kindFooter:
		return v.footer()
	case kindMeta: // it was read when the file was opened
	default:
		// What a later version put into it need not make sense here, but it has to be authentic.
		_, err := v.c.seal.open(r.Record)
		return err
	}
	return nil
}

func placeOf(r record) place {
	return place{r.offset, r.size, r.GetSeq(), r.GetCrc32()}
}

func (v *verification) block(r record) error {
	body, err := v.c.body(r)
	if err != nil {
		return err
	}
	items, err := splitBatch(body)
	if err != nil {
		return err
	}
	v.blocks = append(v.blocks, blockEntry{placeOf(r), uint32(len(items))})
	for _, data := range items {
		item, err := newItem(data)
		if err != nil {
			return err
		}
		if err := v.item(item); err != nil {
			return err
		}
	}
	return nil
}

func (v *verification) item(item *Item) error {
	if _, repeated := v.ids[item.GetId()]; repeated {
		return damaged("item %.60q is there twice", item.GetId())
	}
	v.ids[item.GetId()] = struct{}{}
	v.idCRC32 = append(v.idCRC32, crc32.ChecksumIEEE([]byte(item.GetId())))
	for _, annotation := range item.GetAnnotations() {
		if label := annotation.LabelIndex; v.hasLabels && label != nil && uint64(*label) >= v.labels {
			return damaged("item %.60q has label %d, there are %d labels", item.GetId(), *label, v.labels)
		}
		if mask := annotation.GetMask(); mask != nil {
			if _, err := MaskRuns(mask); err != nil {
				return err
			}
		}
		v.statistics.add(annotation)
	}
	return nil
}

// footer compares INDEX and FOOTER with what went by.
func (v *verification) footer() error {
	listed := v.c.footer.GetIndex()
	same := len(listed) == len(v.indexes)
	for i := 0; same && i < len(listed); i++ {
		same = place{listed[i].GetOffset(), listed[i].GetSize(), listed[i].GetSeq(), listed[i].GetCrc32()} == v.indexes[i]
	}
	if !same {
		return damaged("FOOTER lists other INDEX records than the file has")
	}
	table := v.table // its count of items is that of FOOTER
	same = len(table.blocks) == len(v.blocks) && len(table.idCRC32) == len(v.idCRC32)
	for i := 0; same && i < len(v.blocks); i++ {
		same = table.blocks[i] == v.blocks[i]
	}
	for i := 0; same && i < len(v.idCRC32); i++ {
		same = table.idCRC32[i] == v.idCRC32[i]
	}
	if !same {
		return damaged("INDEX lists other blocks or items than the file has")
	}
	if !v.statistics.equal(v.c.footer.GetStatistics()) {
		return damaged("FOOTER has other statistics than the items")
	}
	return nil
}

// tally is the statistics of the annotations that went by.
type tally struct {
	count, unlabelled uint64
	// By the number of the field in Annotation; 0: of a type that only a later version knows.
	types  map[schema.AnnotationType]uint64
	labels map[uint32]uint64
}

func newTally() *tally {
	return &tally{types: make(map[schema.AnnotationType]uint64), labels: make(map[uint32]uint64)}
}

func (t *tally) add(annotation *schema.Annotation) {
	t.count++
	t.types[typeOf(annotation)]++
	if annotation.LabelIndex == nil {
		t.unlabelled++
	} else {
		t.labels[*annotation.LabelIndex]++
	}
}

// equal tells whether a file's statistics are these.
func (t *tally) equal(theirs *schema.Statistics) bool {
	if theirs.GetAnnotationCount() != t.count || theirs.GetUnlabelledCount() != t.unlabelled {
		return false
	}
	if len(theirs.GetLabels()) != len(t.labels) {
		return false
	}
	for i, entry := range theirs.GetLabels() {
		rising := i == 0 || theirs.GetLabels()[i-1].GetLabelIndex() < entry.GetLabelIndex()
		if count, occurs := t.labels[entry.GetLabelIndex()]; !occurs || !rising || count != entry.GetCount() {
			return false
		}
	}
	if t.types[0] > 0 {
		return true // a later version counted some by numbers that this one does not know
	}
	if len(theirs.GetTypes()) != len(t.types) {
		return false
	}
	for i, entry := range theirs.GetTypes() {
		rising := i == 0 || theirs.GetTypes()[i-1].GetType() < entry.GetType()
		if count, occurs := t.types[entry.GetType()]; !occurs || !rising || count != entry.GetCount() {
			return false
		}
	}
	return true
}
