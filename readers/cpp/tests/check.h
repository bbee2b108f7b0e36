// Tests in a few lines: TEST(what_it_shows) { CHECK(...); } in any file, run by main.cpp.
#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace check {

struct Test {
    std::string name;
    std::function<void()> run;
};

inline std::vector<Test>& tests() {
    static std::vector<Test> all;
    return all;
}

struct Added {
    Added(const char* name, std::function<void()> run) { tests().push_back({name, std::move(run)}); }
};

inline void that(bool holds, const char* condition, const char* file, int line) {
    if (!holds) {
        throw std::logic_error(std::string(file) + ":" + std::to_string(line) + ": " + condition);
    }
}

// Tells whether a function throws this very kind of error.
template <typename Kind, typename Function>
bool throws(Function function) {
    try {
        function();
    } catch (const Kind&) {
        return true;
    }
    return false;
}

}  // namespace check

#define TEST(NAME)                                  \
    static void NAME();                             \
    static const check::Added added_##NAME(#NAME, NAME); \
    static void NAME()

#define CHECK(...) check::that(static_cast<bool>(__VA_ARGS__), #__VA_ARGS__, __FILE__, __LINE__)
