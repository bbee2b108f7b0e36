// The example in README.md is the one that is compiled.

#include <fstream>
#include <iterator>
#include <sstream>

#include "check.h"

namespace {

std::string text_of(const char* path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

// Returns what stands between a first and the next second text.
std::string between(const std::string& text, const std::string& first, const std::string& second) {
    const std::size_t start = text.find(first) + first.size();
    return text.substr(start, text.find(second, start) - start);
}

}  // namespace

TEST(example_in_the_readme_is_the_compiled_one) {
    std::istringstream example(between(text_of(EXAMPLE_CPP), "// [readme]\n", "        // [readme]\n"));
    std::string unindented;
    for (std::string line; std::getline(example, line);) {
        unindented += line.substr(8) + "\n";
    }
    CHECK(!unindented.empty());
    CHECK(between(text_of(README_MD), "```cpp\n", "```\n") == unindented);
}
