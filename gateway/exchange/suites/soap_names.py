"""Names and algorithms of the SOAP suite: the only ones it writes or reads."""

ENV = "http://www.w3.org/2003/05/soap-envelope"
WSA = "http://www.w3.org/2005/08/addressing"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
DS = "http://www.w3.org/2000/09/xmldsig#"
XENC = "http://www.w3.org/2001/04/xmlenc#"
XENC11 = "http://www.w3.org/2009/xmlenc11#"
EXCHANGE = "urn:child-welfare-gateway:exchange:1"

EXC_C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
RSA_OAEP = "http://www.w3.org/2009/xmlenc11#rsa-oaep"
MGF1_SHA256 = "http://www.w3.org/2009/xmlenc11#mgf1sha256"
AES256_GCM = "http://www.w3.org/2009/xmlenc11#aes256-gcm"
CONTENT = "http://www.w3.org/2001/04/xmlenc#Content"

_PROFILE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss"
X509V3 = f"{_PROFILE}-x509-token-profile-1.0#X509v3"
BASE64 = f"{_PROFILE}-soap-message-security-1.0#Base64Binary"
ANONYMOUS = "http://www.w3.org/2005/08/addressing/anonymous"
URN = "urn:uuid:"

SECURITY_NAMESPACES = frozenset({ENV, WSSE, WSU, DS, XENC, XENC11})


def q(namespace: str, name: str) -> str:
    """An element's or attribute's name as lxml writes it."""
    return f"{{{namespace}}}{name}"
