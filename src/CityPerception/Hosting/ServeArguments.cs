namespace CityPerception.Hosting;

/// <summary>What the command line says about a server; everything else is in the settings.</summary>
internal sealed record ServeArguments
{
    /// <summary>The directory of ingest-configs.</summary>
    public required string ConfigDirectory { get; init; }

    /// <summary>Where spool, dead letters and embedded databases lie; made if missing.</summary>
    public required string DataDirectory { get; init; }

    public Roles Roles { get; init; } = Roles.All;

    /// <summary><c>Section:Key=value</c>, the last of a key counts.</summary>
    public IReadOnlyList<string> Set { get; init; } = [];

    /// <summary>The simulated city to run beside the server; null without one.</summary>
    public DemoArguments? Demo { get; init; }
}

/// <summary>How busy the demo's city is.</summary>
/// <param name="Rate">Messages a second, all senders together.</param>
internal sealed record DemoArguments(double Rate);
