namespace CityPerception.Storage.Stores.InfluxDb;

/// <summary>The section <c>Store:Influx</c>: where the InfluxDB server is and who we are there.</summary>
public sealed class InfluxOptions
{
    /// <summary>Its address, without credentials: http://127.0.0.1:8086 (3.x: port 8181).</summary>
    public string Url { get; set; } = "http://127.0.0.1:8086";

    /// <summary>The database (1.x, 3.x) or the bucket (2.x, which for queries needs a DBRP mapping of the same name).</summary>
    public string Database { get; set; } = "cityperception";

    /// <summary>Generation of the server: <c>1</c>, <c>2</c>, <c>3</c>, or <c>auto</c>, which asks it.</summary>
    public string Version { get; set; } = Auto;

    /// <summary>API token (2.x, 3.x); instead of user and password.</summary>
    public string? Token { get; set; }

    /// <summary>A file with nothing but the token; in place of <see cref="Token"/>.</summary>
    public string? TokenFile { get; set; }

    /// <summary>User (1.x).</summary>
    public string? User { get; set; }

    /// <summary>The user's password (1.x).</summary>
    public string? Password { get; set; }

    /// <summary>A file with nothing but the user's password; in place of <see cref="Password"/>.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>Organization (2.x); other versions have none.</summary>
    public string? Org { get; set; }

    /// <summary>Compresses what is written: a fifth of the bytes for about twice the work. Worth it across a slow network.</summary>
    public bool Gzip { get; set; }

    /// <summary>How long to wait for an answer, and for each part of a long one. 1 s to 10 min.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    internal const string Auto = "auto";

    internal IEnumerable<string> Faults()
    {
        if (!Uri.TryCreate(Url, UriKind.Absolute, out Uri? url) || url.Scheme is not ("http" or "https"))
        {
            yield return "Store:Influx:Url must be an http or https address such as http://127.0.0.1:8086.";
        }
        else if (url.UserInfo.Length > 0 || url.Query.Length > 0)
        {
            // Not shown: it may hold a password.
            yield return "Store:Influx:Url must not hold credentials or a query: give Store:Influx:User and Password, or Token.";
        }

        if (string.IsNullOrWhiteSpace(Database)) yield return "Store:Influx:Database is missing: the name of the database or bucket.";
        if (Version is not (Auto or "1" or "2" or "3")) yield return $"Store:Influx:Version is '{Version}'; allowed: auto, 1, 2, 3.";
        foreach (string fault in FileFaults(nameof(Token), Token, TokenFile).Concat(FileFaults(nameof(Password), Password, PasswordFile))) yield return fault;
        if (HasToken && User is { Length: > 0 }) yield return "Give either Store:Influx:Token or Store:Influx:User, not both.";
        if (Version == "2" && string.IsNullOrEmpty(Org)) yield return "Store:Influx:Org is missing: InfluxDB 2.x wants the organization's name.";
        if (Timeout < TimeSpan.FromSeconds(1) || Timeout > TimeSpan.FromMinutes(10)) yield return "Store:Influx:Timeout must be between 1 s and 10 min.";
    }

    internal bool HasToken => !string.IsNullOrEmpty(Token) || !string.IsNullOrEmpty(TokenFile);

    /// <summary>The token, wherever it is.</summary>
    /// <exception cref="IOException">Its file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Its file may not be read.</exception>
    internal string? ReadToken() => Secret(Token, TokenFile);

    /// <summary>The password, wherever it is.</summary>
    /// <exception cref="IOException">Its file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Its file may not be read.</exception>
    internal string? ReadPassword() => Secret(Password, PasswordFile);

    private static string? Secret(string? given, string? file) => string.IsNullOrEmpty(file) ? given : File.ReadAllText(file).Trim();

    private static IEnumerable<string> FileFaults(string name, string? given, string? file)
    {
        if (string.IsNullOrEmpty(file)) yield break;
        if (!string.IsNullOrEmpty(given)) yield return $"Give either Store:Influx:{name} or Store:Influx:{name}File, not both.";
        if (FileFault(file) is { } fault) yield return $"Store:Influx:{name}File: {fault}";
    }

    // Read at the check, so that a file that may not be read is told like one that is not there.
    private static string? FileFault(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim().Length > 0 ? null : $"{file} is empty.";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"{file} cannot be read: {e.Message}";
        }
    }
}
