// Encryption by OpenSSL's EVP interface (3.0 and later).

#include "cipher.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <memory>
#include <utility>

#include "datumpb/errors.h"

namespace datumpb::internal {
namespace {

constexpr std::string_view kInfo = "datumpb/v1/file";

template <auto Free>
struct Freed {
    template <typename T>
    void operator()(T* thing) const {
        Free(thing);
    }
};

using Kdf = std::unique_ptr<EVP_KDF, Freed<EVP_KDF_free>>;
using KdfContext = std::unique_ptr<EVP_KDF_CTX, Freed<EVP_KDF_CTX_free>>;
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, Freed<EVP_CIPHER_CTX_free>>;

void require(bool done, const char* what) {
    if (!done) {
        throw Error(std::string("OpenSSL cannot do ") + what);
    }
}

const unsigned char* octets(std::string_view data) { return reinterpret_cast<const unsigned char*>(data.data()); }

// OpenSSL's parameters take pointers to what they only read as pointers to what is not constant.
OSSL_PARAM octet_param(const char* name, std::string_view data) {
    return OSSL_PARAM_construct_octet_string(name, const_cast<char*>(data.data()), data.size());
}

}  // namespace

std::string sha256(std::string_view data) {
    std::string digest(32, '\0');
    const int done = EVP_Digest(data.data(), data.size(), reinterpret_cast<unsigned char*>(digest.data()), nullptr,
                                EVP_sha256(), nullptr);
    require(done == 1, "SHA-256");
    return digest;
}

Cipher::Cipher(const Key& key, std::string_view salt, std::string header_hash)
    : header_hash_(std::move(header_hash)) {
    const Kdf kdf(EVP_KDF_fetch(nullptr, OSSL_KDF_NAME_HKDF, nullptr));
    require(kdf != nullptr, "HKDF");
    const KdfContext context(EVP_KDF_CTX_new(kdf.get()));
    require(context != nullptr, "HKDF");
    std::string digest = "SHA256";
    const std::array<OSSL_PARAM, 5> params = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
        octet_param(OSSL_KDF_PARAM_KEY,
                    {reinterpret_cast<const char*>(key.bytes().data()), key.bytes().size()}),
        octet_param(OSSL_KDF_PARAM_SALT, salt),
        octet_param(OSSL_KDF_PARAM_INFO, kInfo),
        OSSL_PARAM_construct_end(),
    };
    require(EVP_KDF_derive(context.get(), keys_.data(), keys_.size(), params.data()) == 1, "HKDF");
}

Cipher::~Cipher() { OPENSSL_cleanse(keys_.data(), keys_.size()); }

bool Cipher::committed_to(std::string_view commitment) const noexcept {
    return commitment.size() == kCommitmentSize &&
           CRYPTO_memcmp(keys_.data() + 32, commitment.data(), kCommitmentSize) == 0;
}

std::string Cipher::open(std::string_view nonce, std::string_view payload, std::string_view context) const {
    if (nonce.size() != kNonceSize || payload.size() < kTagSize) {
        throw AuthenticationError("a plain record in an encrypted file");
    }
    const std::string_view sealed = payload.substr(0, payload.size() - kTagSize);
    std::string tag(payload.substr(sealed.size()));
    std::string plain(sealed.size(), '\0');
    const CipherContext aes(EVP_CIPHER_CTX_new());
    require(aes != nullptr, "AES");
    int size = 0;
    bool done = EVP_DecryptInit_ex2(aes.get(), EVP_aes_256_gcm(), keys_.data(), octets(nonce), nullptr) == 1;
    for (const std::string_view aad : {context, std::string_view(header_hash_)}) {
        done = done && EVP_DecryptUpdate(aes.get(), nullptr, &size, octets(aad), static_cast<int>(aad.size())) == 1;
    }
    // Records have at most 2^28 bytes, so the size fits.
    done = done && EVP_DecryptUpdate(aes.get(), reinterpret_cast<unsigned char*>(plain.data()), &size, octets(sealed),
                                     static_cast<int>(sealed.size())) == 1;
    done = done && EVP_CIPHER_CTX_ctrl(aes.get(), EVP_CTRL_GCM_SET_TAG, kTagSize, tag.data()) == 1;
    require(done, "AES-256-GCM");
    std::array<unsigned char, kTagSize> nothing{};
    if (EVP_DecryptFinal_ex(aes.get(), nothing.data(), &size) != 1) {
        OPENSSL_cleanse(plain.data(), plain.size());
        throw AuthenticationError(
            "the record does not authenticate: it was changed, moved, or comes from another file");
    }
    return plain;
}

}  // namespace datumpb::internal
