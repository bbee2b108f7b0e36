// Prints the top left corners of the boxes of a file: print_items FILE [KEY_FILE]

#include <datumpb/coordinates.h>
#include <datumpb/reader.h>

#include <iostream>

int main(int argc, char** argv) {
    if (argc < 2) {
        return 2;
    }
    std::optional<datumpb::Key> key;
    if (argc > 2) {
        key = datumpb::Key::from_file(argv[2]);
    }
    try {
        // [readme]
        datumpb::Reader reader(argv[1], key);
        std::cout << reader.meta().subset() << ": " << reader.size() << " items\n";
        for (const auto& item : reader.items()) {
            for (const auto& annotation : item.annotations()) {
                if (annotation.has_bbox()) {
                    const std::vector<double> box = datumpb::coordinates_of(annotation);  // x, y, width, height
                    std::cout << item.id() << ' ' << annotation.label_index() << ' ' << box[0] << ' ' << box[1] << '\n';
                }
            }
        }
        // [readme]
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
