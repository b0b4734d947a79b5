namespace CityPerception.Installing;

/// <summary>What a new installation shall be.</summary>
internal sealed record InitPlan
{
    /// <summary>The folder of certificates and keys in the data directory.</summary>
    public const string TlsFolder = "tls";

    public required string DataDirectory { get; init; }

    /// <summary>The names and IP addresses by which clients call the server; they stand in its certificate.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>The IP address on which devices, people and programs are let in by TLS.</summary>
    public required string Address { get; init; }

    /// <summary>A certificate that there is already, with its chain, in PEM; null to make one.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>Its private key.</summary>
    public string? KeyFile { get; init; }

    /// <summary>The first devices, each of which gets a password.</summary>
    public IReadOnlyList<string> Devices { get; init; } = [];

    /// <summary>Who signs in first, and lets others in.</summary>
    public required NewAdministrator Administrator { get; init; }

    /// <summary>A first key of a program; null for none.</summary>
    public NewKey? ApiKey { get; init; }

    /// <summary>A file of the TLS folder.</summary>
    public string TlsFile(string name) => Path.Combine(Path.GetFullPath(DataDirectory), TlsFolder, name);
}

/// <summary>The first administrator.</summary>
/// <param name="Name">Lower case.</param>
/// <param name="PasswordHash">What is kept of the password.</param>
/// <param name="MadePassword">The password, to be shown once, if it was made here; null if it was given.</param>
internal sealed record NewAdministrator(string Name, string PasswordHash, string? MadePassword);

/// <summary>A key to be made.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Scopes">What it may do.</param>
internal sealed record NewKey(string Name, IReadOnlyList<string> Scopes);

/// <summary>A secret that was made, to be shown once.</summary>
/// <param name="Kind">Whose: <c>device</c>, <c>administrator</c>, <c>key</c>.</param>
/// <param name="Name">Its name.</param>
/// <param name="Secret">The secret.</param>
internal sealed record InitSecret(string Kind, string Name, string Secret);

/// <summary>What a step did.</summary>
/// <param name="Done">In words; empty if there was nothing to do.</param>
/// <param name="Secrets">What it made.</param>
internal sealed record InitDone(string Done, IReadOnlyList<InitSecret> Secrets)
{
    public static InitDone Of(string done) => new(done, []);
}

/// <summary>A step of a new installation. Given again it changes nothing that is there, but what the plan says.</summary>
internal interface IInitStep
{
    /// <exception cref="InitFaultException">It cannot be done, in words.</exception>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    Task<InitDone> RunAsync(InitPlan plan, CancellationToken cancellationToken);
}

/// <summary>A step cannot be done.</summary>
internal sealed class InitFaultException(string message) : Exception(message);
