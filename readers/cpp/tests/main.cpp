// Runs all tests.

#include <google/protobuf/stubs/logging.h>

#include <iostream>

#include "check.h"

int main() {
    google::protobuf::SetLogHandler(nullptr);
    int failed = 0;
    for (const check::Test& test : check::tests()) {
        try {
            test.run();
        } catch (const std::exception& error) {
            std::cerr << test.name << ": " << error.what() << '\n';
            ++failed;
        }
    }
    std::cout << check::tests().size() << " tests, " << failed << " failed\n";
    return failed == 0 ? 0 : 1;
}
