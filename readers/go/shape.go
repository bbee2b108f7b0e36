package datumpb

import "github.com/datumpb/datumpb/readers/go/schema"

// shape returns an annotation's coordinates, their stride and how many there have to be; has: it is of a kind with any.
func shape(annotation *schema.Annotation) (coordinates *schema.Coordinates, stride, count int, has bool) {
	switch kind := annotation.GetKind().(type) {
	case *schema.Annotation_PolyLine:
		return kind.PolyLine.GetPoints(), 2, AnyCount, true
	case *schema.Annotation_Polygon:
		return kind.Polygon.GetPoints(), 2, AnyCount, true
	case *schema.Annotation_Points:
		return kind.Points.GetPoints(), 2, AnyCount, true
	case *schema.Annotation_Bbox:
		return kind.Bbox.GetXywh(), 4, 4, true
	case *schema.Annotation_Cuboid_3D:
		return kind.Cuboid_3D.GetPositionRotationScale(), 3, 9, true
	case *schema.Annotation_Ellipse:
		return kind.Ellipse.GetBox(), 2, 4, true
	case *schema.Annotation_Cuboid_2D:
		return kind.Cuboid_2D.GetPoints(), 2, 16, true
	case *schema.Annotation_RotatedBbox:
		return kind.RotatedBbox.GetCxcywhr(), 5, 5, true
	}
	return nil, 0, 0, false
}

// typeOf returns the number of the field in which an annotation's own part is; 0: one of a later version.
func typeOf(annotation *schema.Annotation) schema.AnnotationType {
	message := annotation.ProtoReflect()
	set := message.WhichOneof(kindOneof)
	if set == nil {
		return schema.AnnotationType_ANNOTATION_TYPE_UNSPECIFIED
	}
	return schema.AnnotationType(set.Number())
}

var kindOneof = new(schema.Annotation).ProtoReflect().Descriptor().Oneofs().ByName("kind")
