using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CityPerception.Storage.Operations;
using CityPerception.Storage.Spooling;

namespace CityPerception.Storage.DeadLetters;

/// <summary>
/// The keys of letters that hold words of people: a file a day in a folder apart from the letters, each encrypted by an
/// <see cref="ISecretProtector"/>. To delete a day's key is to remove that day's letters: nobody can read them any more.
/// </summary>
/// <remarks>
/// AES-256-GCM (NIST SP 800-38D) with a random nonce a letter, bound to the letter's id; far fewer than 2^32 letters share
/// a key. What has been removed leaves an empty file, which tells it from a key that was lost.
/// </remarks>
/// <param name="directory">Where the files lie; made when the first letter comes.</param>
/// <param name="protector">Encrypts the keys themselves. Asked for when first needed.</param>
/// <param name="clock">Names the day.</param>
public sealed class LetterKeys(string directory, Func<ISecretProtector> protector, TimeProvider clock)
{
    private const string KeyExtension = ".key", RemovedExtension = ".removed", DayFormat = "yyyyMMdd";
    private const int KeyBytes = 32, NonceBytes = 12, TagBytes = 16, IdBytes = 16;

    private readonly Lazy<ISecretProtector> _protector = new(protector);
    private readonly SteadyClock _steady = new(clock);
    private readonly ConcurrentDictionary<string, byte[]> _opened = [];
    private readonly Lock _gate = new();
    private string? _current;

    /// <summary>Encrypts something of a letter with today's key.</summary>
    /// <param name="id">Whose.</param>
    /// <param name="purpose">Which part of it, so that one cannot be put in the other's place.</param>
    /// <param name="plain">What.</param>
    /// <exception cref="LetterKeyException">There is no key, and none can be made.</exception>
    internal SealedBytes Seal(Guid id, SealedPart purpose, ReadOnlySpan<byte> plain)
    {
        (string name, byte[] key) = Current();
        byte[] sealedBytes = new byte[NonceBytes + plain.Length + TagBytes];
        Span<byte> nonce = sealedBytes.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(nonce, plain, sealedBytes.AsSpan(NonceBytes, plain.Length), sealedBytes.AsSpan(NonceBytes + plain.Length), Bound(id, purpose));
        return new SealedBytes(name, sealedBytes);
    }

    /// <summary>Decrypts it; null if the key is not there, or is not the one.</summary>
    internal byte[]? Open(string name, Guid id, SealedPart purpose, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < NonceBytes + TagBytes || Find(name) is not { } key) return null;
        byte[] plain = new byte[bytes.Length - NonceBytes - TagBytes];
        try
        {
            using var aes = new AesGcm(key, TagBytes);
            aes.Decrypt(bytes[..NonceBytes], bytes[NonceBytes..^TagBytes], bytes[^TagBytes..], plain, Bound(id, purpose));
            return plain;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Whether the letters of a key have been removed because they were too old.</summary>
    internal bool IsRemoved(string name) => IsName(name) && File.Exists(PathOf(name, RemovedExtension));

    /// <summary>The keys of days that began so long ago or earlier.</summary>
    internal IReadOnlyList<string> OlderThan(TimeSpan age) => [.. Names(KeyExtension).Where(name => DayOf(name) + age <= Now())];

    /// <summary>Removes keys, and with them what they encrypt.</summary>
    /// <param name="names">Which.</param>
    /// <param name="forget">What was removed before this time nobody need know of any more: its letters are not in the log.</param>
    internal void Remove(IEnumerable<string> names, TimeSpan forget)
    {
        foreach (string name in names)
        {
            File.WriteAllBytes(PathOf(name, RemovedExtension), []);
            File.Delete(PathOf(name, KeyExtension));
            _opened.TryRemove(name, out _);
        }

        foreach (string name in Names(RemovedExtension).Where(name => DayOf(name) + forget + TimeSpan.FromDays(1) <= Now())) File.Delete(PathOf(name, RemovedExtension));
    }

    private (string Name, byte[] Key) Current()
    {
        string today = Now().UtcDateTime.ToString(DayFormat, CultureInfo.InvariantCulture);
        lock (_gate)
        {
            if (_current?.StartsWith(today, StringComparison.Ordinal) is true && Find(_current) is { } known) return (_current, known);

            string name = $"{today}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
            byte[] key = RandomNumberGenerator.GetBytes(KeyBytes);
            try
            {
                Directory.CreateDirectory(directory);
                string draft = PathOf(name, ".new");
                using (var file = new FileStream(draft, OwnFile()))
                {
                    file.Write(Encoding.ASCII.GetBytes(_protector.Value.Protect(key)));
                    file.Flush();
                    DiskSync.File(file.SafeFileHandle, draft); // a letter is as durable as its key
                }

                File.Move(draft, PathOf(name, KeyExtension));
                DiskSync.Directory(directory);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
            {
                throw new LetterKeyException(directory, e);
            }

            _opened[name] = key;
            _current = name;
            return (name, key);
        }
    }

    private byte[]? Find(string name)
    {
        if (!IsName(name) || !File.Exists(PathOf(name, KeyExtension))) return null;
        if (_opened.TryGetValue(name, out byte[]? known)) return known;
        try
        {
            byte[] key = _protector.Value.Unprotect(File.ReadAllText(PathOf(name, KeyExtension)));
            return key.Length == KeyBytes ? _opened[name] = key : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or FormatException)
        {
            return null;
        }
    }

    private static FileStreamOptions OwnFile()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }

    // By the clock that is behind: one that is set ahead makes nothing old.
    private DateTimeOffset Now()
    {
        DateTimeOffset now = clock.GetUtcNow(), steady = _steady.GetUtcNow();
        return steady < now ? steady : now;
    }

    private IEnumerable<string> Names(string extension) =>
        Directory.Exists(directory) ? Directory.EnumerateFiles(directory, "*" + extension).Select(Path.GetFileNameWithoutExtension).OfType<string>().Where(IsName) : [];

    private string PathOf(string name, string extension) => Path.Combine(directory, name + extension);

    // Names come from the log, where the disk or somebody may have put anything.
    private static bool IsName(string name) => TryDay(name, out _) && name[(DayFormat.Length + 1)..].All(char.IsAsciiHexDigitLower);

    private static DateTimeOffset DayOf(string name) => TryDay(name, out DateTimeOffset day) ? day : DateTimeOffset.MaxValue;

    private static bool TryDay(string name, out DateTimeOffset day)
    {
        day = default;
        return name.Length == DayFormat.Length + 9 && name[DayFormat.Length] == '-'
            && DateTimeOffset.TryParseExact(name.AsSpan(0, DayFormat.Length), DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out day);
    }

    private static byte[] Bound(Guid id, SealedPart purpose)
    {
        byte[] bound = new byte[IdBytes + sizeof(int)];
        id.TryWriteBytes(bound, bigEndian: true, out _);
        BinaryPrimitives.WriteInt32LittleEndian(bound.AsSpan(IdBytes), (int)purpose);
        return bound;
    }
}

/// <summary>What of a letter is encrypted. The numbers are on the disk.</summary>
internal enum SealedPart
{
    Letter = 1,
    Mark = 2,
}

/// <summary>Something encrypted, and the name of the key that opens it.</summary>
[SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "Bytes on their way to the disk.")]
internal readonly record struct SealedBytes(string Key, byte[] Bytes);

/// <summary>A letter that has to be encrypted cannot be, so it is not kept, and its message not acknowledged.</summary>
public sealed class LetterKeyException(string directory, Exception reason)
    : IOException($"{directory}: no key can be made for dead letters of people: {reason.Message}. They are not kept in plain; what was not acknowledged must be sent again.", reason);
