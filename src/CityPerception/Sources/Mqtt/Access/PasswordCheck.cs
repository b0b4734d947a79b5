using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using CityPerception.Storage.Operations.Devices;

namespace CityPerception.Sources.Mqtt.Access;

/// <summary>
/// Checks passwords against the registry's hashes. What was right once is remembered by a hash under a key that only this
/// process has, so that a city's devices can all come back at once; the stored hash is part of it, so that a password that
/// was replaced is not taken from memory. Hashes are worked out one at a time for every two cores: a flood of strangers
/// leaves the others to the devices that are in.
/// </summary>
internal sealed class PasswordCheck : IDisposable
{
    private const int MaxRemembered = 250_000, MaxWaiting = 2_000;

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(HMACSHA256.HashSizeInBytes);
    private readonly ConcurrentDictionary<(UInt128, UInt128), byte> _right = new();
    private readonly SemaphoreSlim _turns = new(Math.Max(1, Environment.ProcessorCount / 2));
    private int _waiting;

    /// <summary>The credential of a kind that a password is; null if it is none of the device's. Takes as long for a device that is not there.</summary>
    /// <exception cref="TooManyWaitingException">Too many passwords wait.</exception>
    public async ValueTask<Guid?> FindAsync(Device? device, CredentialKind kind, byte[] password, CancellationToken cancellationToken)
    {
        DeviceCredential[] credentials = device is null ? [] : [.. device.Credentials.Where(c => c.Kind == kind).OrderBy(c => c.ReplacedAt is not null)];
        foreach (DeviceCredential credential in credentials)
            if (_right.ContainsKey(Remembered(credential, password))) return credential.Id;

        string text = Encoding.UTF8.GetString(password);
        foreach (DeviceCredential credential in credentials)
        {
            if (!await IsAsync(credential.Secret, text, cancellationToken)) continue;
            if (_right.Count >= MaxRemembered) _right.Clear();
            _right.TryAdd(Remembered(credential, password), 0);
            return credential.Id;
        }

        if (credentials.Length == 0) await IsAsync(DeviceSecrets.NobodysHash, text, cancellationToken);
        return null;
    }

    public void Dispose() => _turns.Dispose();

    private async ValueTask<bool> IsAsync(string hash, string password, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _waiting) > MaxWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            throw new TooManyWaitingException();
        }

        try
        {
            await _turns.WaitAsync(cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }

        try
        {
            return DeviceSecrets.IsPassword(hash, password);
        }
        finally
        {
            _turns.Release();
        }
    }

    // The lengths before the parts: no two different ones make the same bytes.
    private (UInt128, UInt128) Remembered(DeviceCredential credential, byte[] password)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        Append(Encoding.UTF8.GetBytes(credential.DeviceId));
        Append(password);
        Append(Encoding.UTF8.GetBytes(credential.Secret));
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        hmac.GetHashAndReset(hash);
        return (BinaryPrimitives.ReadUInt128LittleEndian(hash), BinaryPrimitives.ReadUInt128LittleEndian(hash[16..]));

        void Append(byte[] part)
        {
            hmac.AppendData(BitConverter.GetBytes(part.Length));
            hmac.AppendData(part);
        }
    }
}

/// <summary>More passwords wait to be checked than is worth waiting for.</summary>
internal sealed class TooManyWaitingException : Exception;
