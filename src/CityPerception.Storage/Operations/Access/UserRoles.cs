namespace CityPerception.Storage.Operations.Access;

/// <summary>What people are; what each may do is the table of docs/access.md.</summary>
public static class UserRoles
{
    public const string Operator = "operator", GridStaff = "grid-staff", Engineer = "engineer", Auditor = "auditor", Administrator = "administrator";

    public static IReadOnlyList<string> All { get; } = [Operator, GridStaff, Engineer, Auditor, Administrator];
}

/// <summary>What keys may do.</summary>
public static class KeyScopes
{
    /// <summary>Messages of one source: <c>ingest:air-station</c>; <c>ingest:*</c> for all.</summary>
    public const string Ingest = "ingest";

    /// <summary>Line protocol.</summary>
    public const string Write = "write";

    /// <summary>Reports of residents.</summary>
    public const string Open311 = "open311";

    /// <summary>Files of the past.</summary>
    public const string Import = "import";

    /// <summary>What the screens show.</summary>
    public const string Read = "read";

    /// <summary>The figures of the server itself.</summary>
    public const string Metrics = "metrics";

    /// <summary>What was refused, with its bytes, and its replay.</summary>
    public const string DeadLetters = "deadletters";

    /// <summary>Cases and links made anew from the store.</summary>
    public const string Rebuild = "rebuild";

    /// <summary>What stands for every source.</summary>
    public const string Any = "*";

    /// <summary>Those that are whole words; the other is <c>ingest:SOURCE</c>.</summary>
    public static IReadOnlyList<string> Words { get; } = [Write, Open311, Import, Read, Metrics, DeadLetters, Rebuild];

    /// <summary>Whether there is such a scope.</summary>
    public static bool IsScope(string text) =>
        Words.Contains(text) || (text.StartsWith(Ingest + ":", StringComparison.Ordinal) && text.Length > Ingest.Length + 1 && !text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)));
}
