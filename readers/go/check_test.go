package datumpb

import (
	"fmt"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/datumpb/datumpb/readers/go/schema"
)

func boolean() *schema.Value {
	return &schema.Value{Kind: &schema.Value_BoolValue{BoolValue: true}}
}

func bigInt(data ...byte) *schema.Value {
	return &schema.Value{Kind: &schema.Value_BigIntValue{BigIntValue: data}}
}

// nested puts a value into so many lists and maps in turn.
func nested(depth int, value *schema.Value) *schema.Value {
	for i := 0; i < depth; i++ {
		if i%2 == 0 {
			value = &schema.Value{Kind: &schema.Value_ListValue{ListValue: &schema.ListValue{Values: []*schema.Value{value}}}}
		} else {
			entries := []*schema.Attribute{{Value: value}}
			value = &schema.Value{Kind: &schema.Value_MapValue{MapValue: &schema.MapValue{Entries: entries}}}
		}
	}
	return value
}

func TestValues(t *testing.T) {
	cases := map[string]struct {
		value *schema.Value
		kind  error
	}{
		"null":                {&schema.Value{Kind: &schema.Value_NullValue{}}, nil},
		"absent":              {nil, ErrUnsupportedFile},
		"of a later version":  {&schema.Value{}, ErrUnsupportedFile},
		"2^63":                {bigInt(0, 0x80, 0, 0, 0, 0, 0, 0, 0), nil},
		"-2^63 - 1":           {bigInt(0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), nil},
		"an int_value":        {bigInt(0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), ErrDamagedFile},
		"padded":              {bigInt(0, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), ErrDamagedFile},
		"padded, negative":    {bigInt(0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0), ErrDamagedFile},
		"no bytes":            {bigInt(), ErrDamagedFile},
		"30 deep":             {nested(30, boolean()), nil},
		"31 deep":             {nested(31, boolean()), ErrDamagedFile},
		"deeper than parsers": {nested(120, boolean()), ErrDamagedFile},
		"bad in a list":       {nested(1, bigInt()), ErrDamagedFile},
		"unknown in a map":    {nested(2, nil), ErrUnsupportedFile},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			item := &schema.Item{Id: "x", Attributes: []*schema.Attribute{{Key: "k", Value: c.value}}}
			expect(t, second(newItem(marshal(t, item))), c.kind)
			item = &schema.Item{Id: "x", Annotations: []*schema.Annotation{{Attributes: item.Attributes}}}
			expect(t, second(newItem(marshal(t, item))), c.kind)
			meta := &schema.Meta{Subset: "x", Infos: item.Annotations[0].Attributes}
			expect(t, checkMeta(meta), c.kind)
		})
	}
}

func TestRepeatedKeys(t *testing.T) {
	for _, count := range []int{1, fewKeys, fewKeys + 1, 100} {
		var attributes []*schema.Attribute
		for i := 0; i < count; i++ {
			attributes = append(attributes, &schema.Attribute{Key: fmt.Sprint(i), Value: boolean()})
		}
		expect(t, checkAttributes(attributes), nil)
		repeated := append(attributes, &schema.Attribute{Key: "0", Value: boolean()})
		expect(t, checkAttributes(repeated), ErrDamagedFile)
		inMap := &schema.Value{Kind: &schema.Value_MapValue{MapValue: &schema.MapValue{Entries: repeated}}}
		expect(t, checkValue(inMap, 0), ErrDamagedFile)
	}
}

func TestAnnotations(t *testing.T) {
	twoPoints := &schema.Coordinates{Delta: []int64{1, 2, 3, 4}}
	points := func(visibility ...uint32) *schema.Annotation {
		return &schema.Annotation{Kind: &schema.Annotation_Points{Points: &schema.Points{Points: twoPoints, Visibility: visibility}}}
	}
	vector := func(single []float32, double []float64) *schema.Annotation {
		return &schema.Annotation{Kind: &schema.Annotation_FeatureVector{FeatureVector: &schema.FeatureVector{F32: single, F64: double}}}
	}
	tabular := func(values ...*schema.Attribute) *schema.Annotation {
		return &schema.Annotation{Kind: &schema.Annotation_Tabular{Tabular: &schema.Tabular{Values: values}}}
	}
	key := &schema.Attribute{Key: "k", Value: boolean()}
	cases := map[string]struct {
		annotation *schema.Annotation
		kind       error
	}{
		"of a later version":   {&schema.Annotation{}, nil},
		"all visible":          {points(), nil},
		"visibility":           {points(0, 255), nil},
		"visibility 256":       {points(0, 256), ErrDamagedFile},
		"visibility too short": {points(1), ErrDamagedFile},
		"visibility too long":  {points(1, 1, 1), ErrDamagedFile},
		"visibility of no points": {
			&schema.Annotation{Kind: &schema.Annotation_Points{Points: &schema.Points{Visibility: []uint32{1}}}}, ErrDamagedFile,
		},
		"empty vector":         {vector(nil, nil), nil},
		"vector":               {vector([]float32{1}, nil), nil},
		"vector in two ways":   {vector([]float32{1}, []float64{1}), ErrDamagedFile},
		"row":                  {tabular(key), nil},
		"row with a key twice": {tabular(key, key), ErrDamagedFile},
		"bbox of nothing":      {&schema.Annotation{Kind: &schema.Annotation_Bbox{Bbox: &schema.Bbox{}}}, ErrDamagedFile},
		"outline of nothing":   {&schema.Annotation{Kind: &schema.Annotation_Polygon{Polygon: &schema.Polygon{}}}, nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			item := &schema.Item{Id: "x", Annotations: []*schema.Annotation{c.annotation}}
			expect(t, second(newItem(marshal(t, item))), c.kind)
		})
	}
}

func TestCoordinatesOfAnItem(t *testing.T) {
	outline := func(coordinates *schema.Coordinates) *schema.Annotation {
		return &schema.Annotation{Kind: &schema.Annotation_PolyLine{PolyLine: &schema.PolyLine{Points: coordinates}}}
	}
	item, err := newItem(marshal(t, &schema.Item{Id: "x", Annotations: []*schema.Annotation{
		outline(&schema.Coordinates{Delta: []int64{1, 2}}), outline(nil), outline(&schema.Coordinates{}),
		outline(&schema.Coordinates{F64: []float64{3, 4}}),
	}}))
	expect(t, err, nil)
	expectNumbers(t, item.Coordinates(0), 1, 2)
	expectNumbers(t, item.Coordinates(3), 3, 4)
	if absent, empty := item.Coordinates(1), item.Coordinates(2); absent != nil || empty == nil || len(empty) > 0 {
		t.Errorf("got %v and %v", absent, empty)
	}
	_ = append(item.Coordinates(0), 99)
	expectNumbers(t, item.Coordinates(3), 3, 4)
}

func TestShapes(t *testing.T) {
	numbers := func(count int) *schema.Coordinates { return &schema.Coordinates{F64: make([]float64, count)} }
	for count := 1; count < 20; count++ {
		fits := map[*schema.Annotation]bool{
			{Kind: &schema.Annotation_PolyLine{PolyLine: &schema.PolyLine{Points: numbers(count)}}}:                  count%2 == 0,
			{Kind: &schema.Annotation_Polygon{Polygon: &schema.Polygon{Points: numbers(count)}}}:                     count%2 == 0,
			{Kind: &schema.Annotation_Points{Points: &schema.Points{Points: numbers(count)}}}:                        count%2 == 0,
			{Kind: &schema.Annotation_Bbox{Bbox: &schema.Bbox{Xywh: numbers(count)}}}:                                count == 4,
			{Kind: &schema.Annotation_Cuboid_3D{Cuboid_3D: &schema.Cuboid3D{PositionRotationScale: numbers(count)}}}: count == 9,
			{Kind: &schema.Annotation_Ellipse{Ellipse: &schema.Ellipse{Box: numbers(count)}}}:                        count == 4,
			{Kind: &schema.Annotation_Cuboid_2D{Cuboid_2D: &schema.Cuboid2D{Points: numbers(count)}}}:                count == 16,
			{Kind: &schema.Annotation_RotatedBbox{RotatedBbox: &schema.RotatedBbox{Cxcywhr: numbers(count)}}}:        count == 5,
		}
		for annotation, ok := range fits {
			_, err := newItem(marshal(t, &schema.Item{Id: "x", Annotations: []*schema.Annotation{annotation}}))
			if (err == nil) != ok {
				t.Errorf("%d numbers, %v: %v", count, annotation, err)
			}
		}
	}
}

func TestVideos(t *testing.T) {
	for step, kind := range map[uint64]error{0: ErrDamagedFile, 1: nil} {
		video := &schema.Video{Step: proto.Uint64(step)}
		frame := &schema.VideoFrame{Video: video}
		for _, media := range []*schema.Media{{Kind: &schema.Media_Video{Video: video}}, {Kind: &schema.Media_VideoFrame{VideoFrame: frame}}} {
			expect(t, second(newItem(marshal(t, &schema.Item{Id: "x", Media: media}))), kind)
		}
	}
}

func TestMetaThatIsRefused(t *testing.T) {
	key := &schema.Attribute{Key: "k", Value: boolean()}
	labels := &schema.LabelCategories{Labels: []*schema.LabelCategory{{Infos: []*schema.Attribute{key, key}}}}
	colors := func(all ...*schema.LabelColor) *schema.MaskCategories { return &schema.MaskCategories{Colors: all} }
	keypoints := func(all ...*schema.PointsCategory) *schema.PointsCategories {
		return &schema.PointsCategories{Items: all}
	}
	column := &schema.TabularCategory{Labels: []*schema.Value{bigInt()}}
	cases := map[string]*schema.Categories{
		"a label's infos":    {Labels: labels},
		"red 256":            {Masks: colors(&schema.LabelColor{Red: 256})},
		"green 256":          {Masks: colors(&schema.LabelColor{Green: 256})},
		"blue 256":           {Masks: colors(&schema.LabelColor{Blue: 256})},
		"a colour twice":     {Masks: colors(&schema.LabelColor{}, &schema.LabelColor{Red: 1})},
		"keypoints twice":    {Points: keypoints(&schema.PointsCategory{}, &schema.PointsCategory{})},
		"half a position":    {Points: keypoints(&schema.PointsCategory{Positions: &schema.Coordinates{Delta: []int64{1}}})},
		"a value of a table": {Tabular: &schema.TabularCategories{Items: []*schema.TabularCategory{column}}},
	}
	for name, categories := range cases {
		t.Run(name, func(t *testing.T) {
			expect(t, checkMeta(&schema.Meta{Subset: "x", Categories: categories}), ErrDamagedFile)
		})
	}
}
