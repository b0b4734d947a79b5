using CityPerception.Cli;

namespace CityPerception.Hosting;

/// <summary>What a process does. One runs them all; larger cities spread them over several.</summary>
[Flags]
internal enum Roles
{
    None = 0,

    /// <summary>The embedded MQTT broker.</summary>
    Broker = 1,

    /// <summary>Sources, decoders, mapping and the spool's writing end.</summary>
    Ingest = 2,

    /// <summary>From the spool to the store.</summary>
    Dispatch = 4,

    /// <summary>Rollups into channel views.</summary>
    Rollup = 8,

    /// <summary>Screens and their API. Health and metrics are there in every role.</summary>
    Web = 16,

    All = Broker | Ingest | Dispatch | Rollup | Web,
}

/// <summary>Roles as people write them: <c>broker,ingest</c>.</summary>
internal static class RoleNames
{
    public static readonly string[] All = ["broker", "ingest", "dispatch", "rollup", "web"];

    /// <summary>Reads a list of roles. Gives back what is wrong with it, or null.</summary>
    public static string? Parse(string text, out Roles roles)
    {
        roles = Roles.None;
        foreach (string name in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            int index = Array.FindIndex(All, n => n.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (index < 0) return $"Unknown role '{name}'{Hints.DidYouMean(name, All)} The roles are {string.Join(", ", All)}.";
            roles |= (Roles)(1 << index);
        }

        return roles == Roles.None ? $"No role given. The roles are {string.Join(", ", All)}." : null;
    }

    public static string Format(Roles roles) => string.Join(',', All.Where((_, i) => roles.HasFlag((Roles)(1 << i))));
}
