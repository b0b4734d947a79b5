using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using CityPerception.Hosting;
using Microsoft.Extensions.Options;

namespace CityPerception.Sources.Mqtt.Access;

/// <summary>
/// Who has been wrong too often: a device's name from an address. Each failure past the limit doubles the time in which
/// nothing is checked for the two; a success forgets them. From another address the device still gets in.
/// </summary>
internal sealed class Lockouts(IOptions<SecurityOptions> options, TimeProvider clock)
{
    /// <summary>So many are remembered; who makes up more names than this only loses the memory of them.</summary>
    private const int MaxSenders = 100_000;

    private const int MaxDoublings = 6;

    private readonly ConcurrentDictionary<(string Device, string Address), Failures> _failures = new();

    /// <summary>What a sender's address is remembered by: of IPv6 the first 64 bits, since a sender has all addresses that begin so (RFC 6177).</summary>
    public static string SenderOf(EndPoint? remote)
    {
        const int PrefixBytes = 8;
        if (remote is not IPEndPoint { Address: var address }) return "";
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4().ToString();
        if (address.AddressFamily is not AddressFamily.InterNetworkV6) return address.ToString();
        byte[] bytes = address.GetAddressBytes();
        bytes.AsSpan(PrefixBytes).Clear();
        return $"{new IPAddress(bytes)}/64";
    }

    public bool IsLocked(string device, string address) => _failures.TryGetValue((device, address), out Failures known) && known.Until > clock.GetUtcNow();

    /// <summary>Counts a failure. True if it is the first that locks.</summary>
    public bool Fail(string device, string address)
    {
        if (_failures.Count >= MaxSenders) Forget();
        Failures now = _failures.AddOrUpdate((device, address), static (_, self) => self.After(0), static (_, known, self) => self.After(known.Count), this);
        return now.Count == options.Value.FailuresBeforeLockout;
    }

    public void Clear(string device, string address) => _failures.TryRemove((device, address), out _);

    private Failures After(int count)
    {
        int doublings = Math.Min(count + 1 - options.Value.FailuresBeforeLockout, MaxDoublings);
        return new Failures(count + 1, doublings < 0 ? DateTimeOffset.MinValue : clock.GetUtcNow() + (options.Value.Lockout * (1 << doublings)));
    }

    private void Forget()
    {
        DateTimeOffset now = clock.GetUtcNow();
        foreach ((var sender, Failures known) in _failures)
            if (known.Until <= now) _failures.TryRemove(sender, out _);
        if (_failures.Count >= MaxSenders) _failures.Clear();
    }

    private readonly record struct Failures(int Count, DateTimeOffset Until);
}
