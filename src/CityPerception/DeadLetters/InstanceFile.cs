using System.Net;
using System.Net.NetworkInformation;
using System.Text.Json;
using System.Text.Json.Serialization;
using CityPerception.Hosting;
using CityPerception.Storage.Operations.Access;

namespace CityPerception.DeadLetters;

/// <summary>
/// Where the server of a data directory listens, in a file there: commands given beside it find it whatever its settings.
/// After a crash the file is old; whoever reads it asks the server it names whether it is the one.
/// </summary>
internal sealed class InstanceFile(ServeArguments arguments, Listeners listeners, ILogger<InstanceFile> logger)
{
    private const string Name = "server.json";
    private readonly string _path = Path.Combine(arguments.DataDirectory, Name);

    /// <summary>Of this run of the server, as HTTP's If-Match has it.</summary>
    public string ETag { get; } = $"\"{Guid.NewGuid():N}\"";

    /// <summary>What commands show where credentials are required: who may read the data directory may do all that they do.</summary>
    public string Key { get; } = AccessSecrets.MakeKey();

    /// <summary>Says where it listens. Call it when it does.</summary>
    public void Write()
    {
        if (listeners.Find("HTTP") is not { } http) return;
        Try(() =>
        {
            string draft = _path + ".new"; // moved into place, so that nobody reads half of it
            File.Delete(draft);
            using (var file = CreateForThisUser(draft)) JsonSerializer.Serialize(file, new InstanceAddress(new Uri($"http://{Reachable(http)}"), ETag, Key), InstanceJson.Default.InstanceAddress);
            File.Move(draft, _path, overwrite: true);
        });
    }

    /// <summary>It listens no more.</summary>
    public void Delete() => Try(() => File.Delete(_path));

    /// <summary>The server that a data directory names, if that is on this machine; null for none.</summary>
    public static InstanceAddress? Read(string dataDirectory)
    {
        string path = Path.Combine(dataDirectory, Name);
        if (!File.Exists(path)) return null;
        try
        {
            InstanceAddress? address = JsonSerializer.Deserialize(File.ReadAllText(path), InstanceJson.Default.InstanceAddress);
            return address is { Url: { IsAbsoluteUri: true, Scheme: "http" } url } && IsOnThisMachine(url) ? address : null;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static FileStream CreateForThisUser(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }

    // Who listens at every address listens at loopback.
    private static IPEndPoint Reachable(IPEndPoint bound) =>
        bound.Address.Equals(IPAddress.Any) ? new IPEndPoint(IPAddress.Loopback, bound.Port)
        : bound.Address.Equals(IPAddress.IPv6Any) ? new IPEndPoint(IPAddress.IPv6Loopback, bound.Port)
        : bound;

    private static bool IsOnThisMachine(Uri url) => url.IsLoopback || (IPAddress.TryParse(url.IdnHost, out IPAddress? address)
        && NetworkInterface.GetAllNetworkInterfaces().Any(i => i.GetIPProperties().UnicastAddresses.Any(a => a.Address.Equals(address))));

    // Only commands miss it: a server whose disk is full still serves.
    private void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.NotWritten(_path, e.Message);
        }
    }
}

/// <param name="Url">Where it listens.</param>
/// <param name="ETag">Which run of it.</param>
/// <param name="Key">What it takes from commands.</param>
internal sealed record InstanceAddress(Uri Url, string ETag, string? Key);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(InstanceAddress))]
internal sealed partial class InstanceJson : JsonSerializerContext;
