using Microsoft.Extensions.Options;
using Npgsql;

namespace CityPerception.Storage.Operations;

/// <summary>The settings under <c>Operations</c>: the database of what is not a time series.</summary>
public sealed class OperationsOptions
{
    public const string Section = "Operations";

    /// <summary>sqlite, a file in the data directory, or postgresql, which several servers share.</summary>
    public OperationsKind Kind { get; set; }

    /// <summary>The file of SQLite.</summary>
    public string SqlitePath { get; set; } = "operations.db";

    /// <summary>Of PostgreSQL: <c>Host=…;Database=…;Username=…</c>, best without the password.</summary>
    public string? Postgres { get; set; }

    /// <summary>A file with nothing but the password of PostgreSQL's user, readable by this server alone.</summary>
    public string? PostgresPasswordFile { get; set; }

    /// <summary>The connection string of PostgreSQL, with the password.</summary>
    /// <exception cref="IOException">The file of the password cannot be read.</exception>
    public string PostgresConnection()
    {
        var server = new NpgsqlConnectionStringBuilder(Postgres);
        if (PostgresPasswordFile is { } password) server.Password = File.ReadAllText(password).Trim();
        return server.ToString();
    }
}

/// <summary>The databases there are.</summary>
public enum OperationsKind { Sqlite, Postgresql }

/// <summary>Checks <see cref="OperationsOptions"/> at the start.</summary>
public sealed class OperationsRules : IValidateOptions<OperationsOptions>
{
    public ValidateOptionsResult Validate(string? name, OperationsOptions options)
    {
        if (options.Kind is not OperationsKind.Postgresql) return ValidateOptionsResult.Success;
        if (string.IsNullOrWhiteSpace(options.Postgres))
            return ValidateOptionsResult.Fail("Operations:Postgres is missing; with Operations:Kind=postgresql it has to say where the database is: Host=…;Database=…;Username=….");
        return options.PostgresPasswordFile is { } file && !File.Exists(file)
            ? ValidateOptionsResult.Fail($"Operations:PostgresPasswordFile: there is no file {file}.")
            : ValidateOptionsResult.Success;
    }
}
