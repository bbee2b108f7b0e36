// How the records of a file are encrypted: HKDF-SHA256 and AES-256-GCM, FORMAT.md section 10.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "datumpb/key.h"

namespace datumpb::internal {

constexpr std::size_t kSaltSize = 32;
constexpr std::size_t kCommitmentSize = 32;
constexpr std::size_t kNonceSize = 12;
constexpr std::size_t kTagSize = 16;

// Returns the 32 bytes of a SHA-256.
std::string sha256(std::string_view data);

// Decrypts the records of one file.
class Cipher {
public:
    // Derives the keys of a file; `salt` has kSaltSize bytes.
    Cipher(const Key& key, std::string_view salt, std::string header_hash);
    Cipher(const Cipher&) = delete;
    Cipher& operator=(const Cipher&) = delete;
    ~Cipher();

    // Compares in constant time.
    bool committed_to(std::string_view commitment) const noexcept;

    // Returns the plaintext of a payload. `context` is the 24 bytes of section 4.
    // Throws AuthenticationError where nonce, size or tag are wrong; nothing of the plaintext is handed out then.
    std::string open(std::string_view nonce, std::string_view payload, std::string_view context) const;

private:
    std::array<unsigned char, 64> keys_{};  // record_key | commitment
    std::string header_hash_;
};

}  // namespace datumpb::internal
