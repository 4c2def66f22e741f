/** The browser's passkeys, spoken to in WebAuthn's own JSON, which not every browser reads and writes by itself. */
type Json = Record<string, unknown>

export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(plain, letter => letter.charCodeAt(0))
}

export function textOf(bytes: ArrayBuffer): string {
  const plain = String.fromCharCode(...new Uint8Array(bytes))
  return btoa(plain).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** Can this browser hold passkeys? Only in a secure context. */
export function hasPasskeys(): boolean {
  return typeof PublicKeyCredential !== 'undefined' && Boolean(navigator.credentials)
}

function named(list: unknown): PublicKeyCredentialDescriptor[] {
  return ((list ?? []) as { id: string, type: 'public-key' }[]).map(one => ({
    type: one.type,
    id: bytesOf(one.id),
  }))
}

/** Let the phone make a passkey. */
export async function makePasskey(options: Json): Promise<Json> {
  const user = options.user as { id: string, name: string, displayName: string }
  const made = await navigator.credentials.create({
    publicKey: {
      ...options as unknown as PublicKeyCredentialCreationOptions,
      challenge: bytesOf(options.challenge as string),
      user: {
        ...user,
        id: bytesOf(user.id),
      },
      excludeCredentials: named(options.excludeCredentials),
    },
  }) as PublicKeyCredential
  const response = made.response as AuthenticatorAttestationResponse
  return answered(made, {
    clientDataJSON: textOf(response.clientDataJSON),
    attestationObject: textOf(response.attestationObject),
  })
}

/** Let one of the phone's passkeys sign. */
export async function signWithPasskey(options: Json): Promise<Json> {
  const signed = await navigator.credentials.get({
    publicKey: {
      ...options as unknown as PublicKeyCredentialRequestOptions,
      challenge: bytesOf(options.challenge as string),
      allowCredentials: named(options.allowCredentials),
    },
  }) as PublicKeyCredential
  const response = signed.response as AuthenticatorAssertionResponse
  return answered(signed, {
    clientDataJSON: textOf(response.clientDataJSON),
    authenticatorData: textOf(response.authenticatorData),
    signature: textOf(response.signature),
  })
}

function answered(credential: PublicKeyCredential, response: Json): Json {
  const id = textOf(credential.rawId)
  return {
    id,
    rawId: id,
    type: credential.type,
    response,
  }
}
