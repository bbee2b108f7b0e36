package datumpb

import "github.com/datumpb/datumpb/readers/go/schema"

const (
	maxValueDepth = 30
	minBigIntSize = 9
	// Up to here comparing all keys with each other is quicker than a map.
	fewKeys = 8
)

// checkAttributes refuses repeated keys and values that are not what section 13 says.
func checkAttributes(attributes []*schema.Attribute) error {
	return checkEntries(attributes, 0)
}

func checkEntries(entries []*schema.Attribute, depth int) error {
	var seen map[string]struct{}
	if len(entries) > fewKeys {
		seen = make(map[string]struct{}, len(entries))
	}
	for i, entry := range entries {
		if isRepeated(entries[:i], entry.GetKey(), seen) {
			return damaged("the key %.60q stands twice in a map or among attributes", entry.GetKey())
		}
		if err := checkValue(entry.GetValue(), depth); err != nil {
			return err
		}
	}
	return nil
}

func isRepeated(before []*schema.Attribute, key string, seen map[string]struct{}) bool {
	if seen != nil {
		_, repeated := seen[key]
		seen[key] = struct{}{}
		return repeated
	}
	for _, other := range before {
		if other.GetKey() == key {
			return true
		}
	}
	return false
}

// checkValue checks a value inside of depth lists and maps.
func checkValue(value *schema.Value, depth int) error {
	switch kind := value.GetKind().(type) {
	case nil:
		return refuse(ErrUnsupportedFile, "a value is of a kind that this reader does not know")
	case *schema.Value_BigIntValue:
		return checkBigInt(kind.BigIntValue)
	case *schema.Value_ListValue:
		if depth >= maxValueDepth {
			return tooDeep()
		}
		for _, element := range kind.ListValue.GetValues() {
			if err := checkValue(element, depth+1); err != nil {
				return err
			}
		}
	case *schema.Value_MapValue:
		if depth >= maxValueDepth {
			return tooDeep()
		}
		return checkEntries(kind.MapValue.GetEntries(), depth+1)
	}
	return nil
}

// checkBigInt refuses two's complement that is not in the fewest bytes, or that int_value could hold.
func checkBigInt(data []byte) error {
	if len(data) >= minBigIntSize {
		redundant := data[0] == 0 && data[1] < 0x80 || data[0] == 0xff && data[1] >= 0x80
		if !redundant {
			return nil
		}
	}
	return damaged("a big integer is not written in the fewest bytes")
}

func tooDeep() error {
	return damaged("values nest more than %d lists or maps deep", maxValueDepth)
}
