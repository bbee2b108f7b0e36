package datumpb

import (
	"math"

	"github.com/datumpb/datumpb/readers/go/schema"
)

// MaskRuns unpacks the counts of a mask: the lengths of runs of 0 and of 1 in turn, the first of 0, that number the
// pixels column by column from the top (docs/FORMAT.md, section 14). They add up to height times width.
func MaskRuns(mask *schema.Mask) ([]uint32, error) {
	const (
		first, last = '0', 'o'
		more        = 0x20
		sign        = 0x10
		digit       = 0x1f
		digitBits   = 5
		// More than any difference of two runs needs.
		maxDigits = 8
	)
	var runs []uint32
	var total uint64
	for counts := mask.GetCounts(); len(counts) > 0; {
		var number int64
		for digits := 0; ; digits++ {
			if len(counts) == 0 {
				return nil, damaged("a mask ends in the middle of a run")
			}
			code := counts[0]
			counts = counts[1:]
			if code < first || code > last {
				return nil, damaged("a mask has a character that compressed runs do not use")
			}
			if digits == maxDigits {
				return nil, damaged("a mask has a run that is too long")
			}
			code -= first
			number |= int64(code&digit) << (digits * digitBits)
			if code&more != 0 {
				continue
			}
			if code&sign != 0 {
				number -= 1 << ((digits + 1) * digitBits)
			}
			break
		}
		if len(runs) > 2 {
			number += int64(runs[len(runs)-2])
		}
		if number < 0 || number > math.MaxUint32 {
			return nil, damaged("a mask has a run that is negative or too long")
		}
		runs = append(runs, uint32(number))
		total += uint64(number)
	}
	pixels := uint64(mask.GetHeight()) * uint64(mask.GetWidth())
	if total != pixels || pixels > math.MaxUint32 {
		return nil, damaged("the runs of a mask make %d pixels, %d x %d has %d", total, mask.GetHeight(), mask.GetWidth(), pixels)
	}
	return runs, nil
}
