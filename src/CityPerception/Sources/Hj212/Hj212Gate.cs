using System.Data.Common;
using System.Net;
using CityPerception.Core.Observations;
using CityPerception.Hosting;
using CityPerception.Sources.Devices;
using CityPerception.Sources.Mqtt.Access;
using CityPerception.Storage.Operations.Devices;
using Microsoft.Extensions.Options;

namespace CityPerception.Sources.Hj212;

/// <summary>Decides who may bring frames: which addresses, and, where credentials are required, which devices and with which PW.</summary>
internal sealed class Hj212Gate(KnownDevices known, DeviceRegistry registry, PasswordCheck passwords, Lockouts lockouts, IOptions<SecurityOptions> security, IOptions<Hj212Options> options) : IRegistryListener
{
    private readonly AddressList _allowed = AddressList.Read(options.Value.AllowedAddresses) ?? AddressList.Empty;
    private readonly AddressList _forwarders = AddressList.Read(options.Value.Forwarders) ?? AddressList.Empty;
    private int _version;

    /// <summary>Devices have to be in the registry.</summary>
    public bool IsRequired => security.Value.Required;

    public bool ChecksPasswords => IsRequired && options.Value.CheckPassword;

    /// <summary>Another one whenever the registry has changed: what was found out by it before is to be found out again.</summary>
    public int Version => Volatile.Read(ref _version);

    /// <summary>Whether an address may connect at all.</summary>
    public bool Allows(EndPoint? remote) => _allowed.IsEmpty || _allowed.Has(remote);

    /// <summary>Whether an address is a forwarder's, which brings the frames of many devices.</summary>
    public bool IsForwarder(EndPoint? remote) => _forwarders.Has(remote);

    public bool IsKnown(string device) => known.IsKnown(device);

    /// <summary>Whether the PW of a frame is its device's. Null: it is; else why not.</summary>
    /// <exception cref="IOException">It cannot be found out now: close the connection, and the device sends again.</exception>
    public async ValueTask<string?> FaultOfPasswordAsync(string device, byte[] password, EndPoint? remote, CancellationToken cancellationToken)
    {
        string address = Lockouts.SenderOf(remote);
        if (lockouts.IsLocked(device, address)) return "too many wrong PWs came from there: it is locked out for a while";
        try
        {
            Device? registered = await registry.FindAsync(device, cancellationToken);
            if (await passwords.FindAsync(registered, CredentialKind.FramePassword, password, cancellationToken) is null)
            {
                lockouts.Fail(device, address);
                return "its PW is not the device's";
            }
        }
        catch (Exception e) when (e is DbException or TooManyWaitingException)
        {
            throw new IOException("The PW of a device cannot be checked now.", e);
        }

        lockouts.Clear(device, address);
        return null;
    }

    public Task HeedAsync(IReadOnlySet<string> changed, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _version);
        return Task.CompletedTask;
    }
}

/// <summary>Whose frames one connection brings: those of the first device that it has shown to be, and of the devices behind that one.</summary>
internal sealed class Hj212Session(Hj212Gate gate, EndPoint? remote)
{
    // A forwarder of more than this only has PWs checked anew.
    private const int MaxRemembered = 10_000;

    private readonly bool _isForwarder = gate.IsForwarder(remote);
    private readonly Dictionary<string, byte[]> _shown = new(StringComparer.Ordinal);
    private string? _bound;
    private int _version = gate.Version;

    /// <summary>Whether any frame has been taken.</summary>
    public bool IsAdmitted => _bound is not null || !gate.IsRequired;

    /// <summary>The PW to check, as a copy; null where there is nothing to check, or it has been.</summary>
    public byte[]? PasswordToCheck(string device, ReadOnlySpan<byte> password)
    {
        if (!gate.ChecksPasswords) return null;
        if (_version != gate.Version) _shown.Clear();
        _version = gate.Version;
        return _shown.TryGetValue(device, out byte[]? shown) && password.SequenceEqual(shown) ? null : password.ToArray();
    }

    /// <summary>Whether a device's frame may be taken. Null: it may; else why not.</summary>
    /// <exception cref="IOException">It cannot be found out now.</exception>
    public async ValueTask<Rejection?> JudgeAsync(string device, byte[]? password, CancellationToken cancellationToken)
    {
        if (!gate.IsRequired) return null;
        bool isBehind = _bound is not null && gate.IsKnown($"{_bound}/{device}");
        if (!isBehind && !gate.IsKnown(device)) return new Rejection(RejectionReason.DeviceUnknown, 0, "MN", $"the device {device} is not in the registry, or is disabled");
        if (_bound is not null && _bound != device && !isBehind && !_isForwarder) return new Rejection(RejectionReason.SenderForeign, 0, "MN", $"the device {device} on a connection of {_bound}, which is neither a forwarder (Hj212:Forwarders) nor its gateway");
        if (password is not null && !isBehind)
        {
            if (await gate.FaultOfPasswordAsync(device, password, remote, cancellationToken) is { } fault) return new Rejection(RejectionReason.SenderForeign, 0, "PW", fault);
            if (_shown.Count >= MaxRemembered) _shown.Clear();
            _shown[device] = password;
        }

        _bound ??= device;
        return null;
    }
}

/// <summary>Addresses and networks (10.1.0.0/16).</summary>
internal sealed class AddressList
{
    private readonly IPNetwork[] _networks;

    private AddressList(IPNetwork[] networks) => _networks = networks;

    public static AddressList Empty { get; } = new([]);

    public bool IsEmpty => _networks.Length == 0;

    /// <summary>Reads a list with commas; null if one of them is neither.</summary>
    public static AddressList? Read(string text)
    {
        List<IPNetwork> networks = [];
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (IPNetwork.TryParse(part, out IPNetwork network)) networks.Add(network);
            else if (IPAddress.TryParse(part, out IPAddress? one)) networks.Add(new IPNetwork(one, one.GetAddressBytes().Length * 8));
            else return null;
        }

        return new AddressList([.. networks]);
    }

    public bool Has(EndPoint? remote)
    {
        if (remote is not IPEndPoint { Address: var address }) return false;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return Array.Exists(_networks, n => n.Contains(address));
    }
}

/// <summary>Lists of addresses that are none stop the start.</summary>
internal sealed class Hj212AddressRule : IValidateOptions<Hj212Options>
{
    public ValidateOptionsResult Validate(string? name, Hj212Options options)
    {
        foreach ((string key, string list) in ((string, string)[])[(nameof(options.AllowedAddresses), options.AllowedAddresses), (nameof(options.Forwarders), options.Forwarders)])
            if (AddressList.Read(list) is null) return ValidateOptionsResult.Fail($"{Hj212Options.Section}:{key}: found '{list}'; allowed: IP addresses and networks with commas between them, such as 10.1.2.3, 10.2.0.0/16.");
        return ValidateOptionsResult.Success;
    }
}
