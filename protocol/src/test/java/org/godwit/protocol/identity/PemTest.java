package org.godwit.protocol.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.ECPublicKeySpec;
import org.junit.jupiter.api.Test;

class PemTest {

    @Test
    void aKeyIsReadAsItWasWritten() throws GeneralSecurityException {
        KeyPair pair = Pem.newKeyPair();
        assertThat(Pem.privateKey(Pem.of(pair.getPrivate()))).isEqualTo(pair.getPrivate());
        assertThat(Pem.publicKeyIn(Pem.of(pair.getPublic()))).isEqualTo(pair.getPublic());
    }

    /** As OpenSSL writes it: the secret 1, whose public key is the curve's generator, so that every leading zero is there. */
    @Test
    void aPairIsWrittenAsOpenSslWritesIt() throws GeneralSecurityException {
        AlgorithmParameters curve = AlgorithmParameters.getInstance("EC");
        curve.init(new ECGenParameterSpec("secp256r1"));
        ECParameterSpec spec = curve.getParameterSpec(ECParameterSpec.class);
        ECPoint generator = spec.getGenerator();
        PrivateKey key = KeyFactory.getInstance("EC").generatePrivate(new ECPrivateKeySpec(BigInteger.ONE, spec));
        PublicKey publicKey = KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(generator, spec));
        assertThat(Pem.of(key, publicKey)).isEqualTo("""
                -----BEGIN EC PRIVATE KEY-----
                MHcCAQEEIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABoAoGCCqGSM49
                AwEHoUQDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpZP40Li/hp/
                m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==
                -----END EC PRIVATE KEY-----
                """);
    }
}
