import { coordinatesOf } from "../src/index.js";
import { openFile } from "../src/node/index.js";

const reader = await openFile(process.argv[2] ?? "dataset/annotations/train.datum");
for await (const item of reader.items()) {
    for (const annotation of item.annotations) {
        console.log(item.id, annotation.labelIndex, annotation.kind.case, coordinatesOf(annotation));
    }
}
await reader.close();
