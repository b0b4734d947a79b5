namespace CityPerception.Storage.Operations;

/// <summary>Encrypts secrets that must be used again, and so cannot be hashed. The key does not lie in the database.</summary>
public interface ISecretProtector
{
    /// <summary>The secret, encrypted.</summary>
    string Protect(byte[] secret);

    /// <summary>The secret again.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The key is another, or gone.</exception>
    byte[] Unprotect(string secret);
}
