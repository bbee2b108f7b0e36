// Package datumpb reads .datum files: vision datasets in Protocol Buffers, as docs/FORMAT.md describes them.
//
// A Reader gives the items of an annotation file in their order, by index or by id, and the media that they refer to.
// Items come as the messages of package schema, already checked, with their coordinates decoded:
//
//	reader, err := datumpb.Open("annotations/train.datum", datumpb.WithKey(key))
//	if err != nil {
//		return err
//	}
//	defer reader.Close()
//	items := reader.Items()
//	for items.Next() {
//		fmt.Println(items.Item().GetId())
//	}
//	if err := items.Err(); err != nil {
//		return err
//	}
//
// What the format demands to refuse is refused with an *Error, before anything is handed out that depends on it. Its kind
// is one of the Err values, which errors.Is finds.
package datumpb
