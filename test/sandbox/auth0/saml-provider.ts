/** A certificate of a customer's SAML provider. Its key is nowhere. */
export const certificate = [
  "-----BEGIN CERTIFICATE-----",
  "MIIBujCCAWGgAwIBAgIUR2L3/grQmxniahVXZxdeiOM2CDIwCgYIKoZIzj0EAwIw",
  "MzERMA8GA1UECgwIQ3VzdG9tZXIxHjAcBgNVBAMMFXNhbWwuY3VzdG9tZXIuZXhh",
  "bXBsZTAeFw0yNjExMjExODEyMjFaFw00NjAxMjAxODEyMjFaMDMxETAPBgNVBAoM",
  "CEN1c3RvbWVyMR4wHAYDVQQDDBVzYW1sLmN1c3RvbWVyLmV4YW1wbGUwWTATBgcq",
  "hkjOPQIBBggqhkjOPQMBBwNCAARxK5r750xNaaPr2YnITpqPN/6krHNhJtlAnD9f",
  "JKkajMC0kMxrN+0GpFTxxdTKpPBOA1kgjTDMbWwX5OezUuYSo1MwUTAdBgNVHQ4E",
  "FgQUU32rM5ikRePZkcUfrC70wTtju1gwHwYDVR0jBBgwFoAUU32rM5ikRePZkcUf",
  "rC70wTtju1gwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiBOOvfG",
  "knmNYtsSowZz0g4jtFvHzH+rWvqOSsuyPsC+HAIgRLFFmXj9uRR5zZHXkVDyMZYl",
  "V3YFuPMI56Q5Hku/y1Q=",
  "-----END CERTIFICATE-----",
  "",
].join("\n");

/** The provider's metadata document. */
export const metadataXml = `<?xml version="1.0"?>
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://saml.customer.example">
  <md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <md:KeyDescriptor use="signing">
      <ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">
        <ds:X509Data><ds:X509Certificate>
          ${certificate.replaceAll(/-----[A-Z ]+-----/g, "").trim()}
        </ds:X509Certificate></ds:X509Data>
      </ds:KeyInfo>
    </md:KeyDescriptor>
    <md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://saml.customer.example/slo"/>
    <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://saml.customer.example/sso"/>
  </md:IDPSSODescriptor>
</md:EntityDescriptor>
`;
