// Keys: one text for each key, and no other text.

#include "check.h"
#include "datumpb/errors.h"
#include "datumpb/key.h"

namespace {

const std::string kText = "datum-AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

bool refused(const std::string& text) {
    return check::throws<datumpb::InvalidKeyError>([&] { datumpb::Key::parse(text); });
}

}  // namespace

TEST(key_has_the_bytes_that_its_text_says) {
    const datumpb::Key key = datumpb::Key::parse(kText);
    for (std::size_t index = 0; index < 32; ++index) {
        CHECK(key.bytes().at(index) == index);
    }
}

TEST(texts_that_are_no_keys_are_refused) {
    CHECK(refused(""));
    CHECK(refused(kText.substr(6)));
    CHECK(refused(kText + "\n"));
    CHECK(refused(kText.substr(0, 49)));
    CHECK(refused("datum-AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9="));  // an unused bit
    CHECK(refused("datum-AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh+="));  // not URL-safe
    CHECK(refused("DATUM-AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="));
}

TEST(refusal_of_a_key_does_not_show_it) {
    try {
        datumpb::Key::parse("datum-secret");
        CHECK(false);
    } catch (const datumpb::InvalidKeyError& error) {
        CHECK(std::string(error.what()).find("secret") == std::string::npos);
    }
}
