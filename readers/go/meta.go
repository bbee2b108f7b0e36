package datumpb

import (
	"math"

	"github.com/datumpb/datumpb/readers/go/schema"
)

// checkMeta checks what the document says of META.
func checkMeta(meta *schema.Meta) error {
	if meta.GetSubset() == "" {
		return damaged("META: the subset has no name")
	}
	if err := checkAttributes(meta.GetInfos()); err != nil {
		return err
	}
	categories := meta.GetCategories()
	for _, label := range categories.GetLabels().GetLabels() {
		if err := checkAttributes(label.GetInfos()); err != nil {
			return err
		}
	}
	if err := checkColors(categories.GetMasks().GetColors()); err != nil {
		return err
	}
	if err := checkKeypoints(categories.GetPoints().GetItems()); err != nil {
		return err
	}
	for _, column := range categories.GetTabular().GetItems() {
		for _, value := range column.GetLabels() {
			if err := checkValue(value, 0); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkColors(colors []*schema.LabelColor) error {
	seen := make(map[uint32]struct{}, len(colors))
	for _, color := range colors {
		if color.GetRed() > math.MaxUint8 || color.GetGreen() > math.MaxUint8 || color.GetBlue() > math.MaxUint8 {
			return damaged("META: the colour of label %d is beyond %d", color.GetLabel(), math.MaxUint8)
		}
		if _, repeated := seen[color.GetLabel()]; repeated {
			return damaged("META: the colour of label %d is given twice", color.GetLabel())
		}
		seen[color.GetLabel()] = struct{}{}
	}
	return nil
}

func checkKeypoints(categories []*schema.PointsCategory) error {
	seen := make(map[uint32]struct{}, len(categories))
	for _, category := range categories {
		if _, repeated := seen[category.GetLabel()]; repeated {
			return damaged("META: the keypoints of label %d are given twice", category.GetLabel())
		}
		seen[category.GetLabel()] = struct{}{}
		if _, err := DecodeCoordinates(category.GetPositions(), 2, AnyCount); err != nil {
			return err
		}
	}
	return nil
}
