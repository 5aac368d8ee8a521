"""Keys, sealing and signatures: the only package that imports ``cryptography`` and ``keyring``.

It takes and returns bytes and frozen structs; rows, files of the store and decisions belong to others.

Algorithms, all of suite 1 (any other suite byte is refused, nothing is tried in turn):

=====================  =====================================  ==================================
purpose                algorithm                              standard
=====================  =====================================  ==================================
fields, slots, device  AES-256-GCM, random 96-bit nonce       NIST SP 800-38D
data keys              AES-256 key wrap                       RFC 3394
to a holder            HPKE base: X25519, HKDF-SHA256,        RFC 9180
                       AES-256-GCM
derivation             HKDF-SHA256                            RFC 5869
passphrases            Argon2id, 64 MiB, 3 passes, 1 lane     RFC 9106
signatures             Ed25519 over DSSE's encoding           RFC 8032
look-up, chain         HMAC-SHA256, first 16 bytes            RFC 2104
=====================  =====================================  ==================================

Keys:

==================  ==============================================================  ===============
key                 where it lies                                                   module
==================  ==============================================================  ===============
host secret         with a provider outside the store                               host, providers
slot key            nowhere; passphrase and host secret together                    person
person keys         ``slot`` row, under the slot key                                person
class secret        ``holding`` rows, one per holder; ``escrow`` row                classes, ring
class key pair      nowhere; from the class secret, public half in the class row    classes
data key            ``dek`` row, under the class secret or its public key           fields
index key           nowhere; from the class secret ``lookup``                       classes, tokens
device key          ``device`` row, under the host secret                           host
store MAC key       nowhere; from the host secret                                   host
custodian key       head office, or wrapped under two printed codes                 custodian, codes
==================  ==============================================================  ===============
"""
