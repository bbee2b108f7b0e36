package datumpb

import (
	"math"

	"github.com/datumpb/datumpb/readers/go/schema"
)

// Item is one entry of a dataset: the message as it is in the file, checked, and its coordinates decoded.
//
// An annotation whose GetKind is nil, and a medium likewise, was written by a later version of the format.
type Item struct {
	*schema.Item
	numbers []float64
	spans   []span
}

// span is where an annotation's numbers are; one that starts below 0 has none.
type span struct{ start, end int }

// Coordinates returns the decoded numbers of an annotation's shape, given by its place in GetAnnotations, as the schema
// describes them for its kind: x0, y0, x1, y1, ... for outlines. Nil: it has none.
func (item *Item) Coordinates(annotation int) []float64 {
	at := item.spans[annotation]
	if at.start < 0 {
		return nil
	}
	return item.numbers[at.start:at.end:at.end]
}

// newItem parses and checks a serialized item.
func newItem(data []byte) (*Item, error) {
	item := &Item{Item: new(schema.Item), numbers: []float64{}}
	if err := parse(data, item.Item, "an item"); err != nil {
		return nil, err
	}
	if item.GetId() == "" {
		return nil, damaged("an item has no id")
	}
	if err := checkMedia(item.GetMedia()); err != nil {
		return nil, err
	}
	if err := checkAttributes(item.GetAttributes()); err != nil {
		return nil, err
	}
	item.spans = make([]span, len(item.GetAnnotations()))
	for i, annotation := range item.GetAnnotations() {
		if err := item.decode(i, annotation); err != nil {
			return nil, err
		}
		if err := checkAnnotation(annotation, item.spans[i]); err != nil {
			return nil, err
		}
	}
	return item, nil
}

func (item *Item) decode(place int, annotation *schema.Annotation) error {
	item.spans[place] = span{-1, -1}
	coordinates, stride, count, has := shape(annotation)
	if !has {
		return nil
	}
	start := len(item.numbers)
	numbers, err := appendCoordinates(item.numbers, coordinates, stride, count)
	if err != nil {
		return err
	}
	item.numbers = numbers
	if coordinates != nil {
		item.spans[place] = span{start, len(numbers)}
	}
	return nil
}

// checkAnnotation checks what sections 11 and 13 say of annotations besides coordinates.
func checkAnnotation(annotation *schema.Annotation, coordinates span) error {
	switch kind := annotation.GetKind().(type) {
	case *schema.Annotation_Points:
		visibility := kind.Points.GetVisibility()
		if len(visibility) > 0 && 2*len(visibility) != coordinates.end-coordinates.start {
			return damaged("%d points have %d numbers of visibility", (coordinates.end-coordinates.start)/2, len(visibility))
		}
		for _, number := range visibility {
			if number > math.MaxUint8 {
				return damaged("a point has visibility %d, at most %d is allowed", number, math.MaxUint8)
			}
		}
	case *schema.Annotation_FeatureVector:
		if len(kind.FeatureVector.GetF32()) > 0 && len(kind.FeatureVector.GetF64()) > 0 {
			return damaged("a feature vector is written in two ways at once")
		}
	case *schema.Annotation_Tabular:
		if err := checkAttributes(kind.Tabular.GetValues()); err != nil {
			return err
		}
	}
	return checkAttributes(annotation.GetAttributes())
}

func checkMedia(media *schema.Media) error {
	video := media.GetVideo()
	if frame := media.GetVideoFrame(); frame != nil {
		video = frame.GetVideo()
	}
	if video != nil && video.Step != nil && *video.Step == 0 {
		return damaged("a video has step 0")
	}
	return nil
}
