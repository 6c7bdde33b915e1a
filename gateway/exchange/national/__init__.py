"""SM2, SM3 and SM4 (GB/T 32918, 32905, 32907): the algorithms of the national suite.

SM3 and SM4-GCM come from `cryptography`; it refuses SM2, which comes from the system's libcrypto.
"""

from gateway.exchange.national.keypair import Sm2PrivateKey, Sm2PublicKey, public_key_of
from gateway.exchange.national.libcrypto import sm2_trouble
from gateway.exchange.national.sm4 import Sm4Gcm

__all__ = ["Sm2PrivateKey", "Sm2PublicKey", "Sm4Gcm", "public_key_of", "sm2_trouble"]
