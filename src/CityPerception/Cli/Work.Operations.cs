using System.Globalization;
using CityPerception.Core.Queries;
using CityPerception.Hosting;
using CityPerception.Storage.Operations;
using CityPerception.Storage.Operations.Auditing;
using Microsoft.EntityFrameworkCore;

namespace CityPerception.Cli;

/// <summary>What the commands have in common that keep the operational database.</summary>
internal static partial class Work
{
    /// <summary>Opens the database, does the work, and puts it on record.</summary>
    private static async Task<int> WithOperationsAsync(RegistryArguments where, Func<OperationalDbs, IConfiguration, Task<int>> work, CancellationToken cancellationToken)
    {
        Settings settings = Settings.LoadFor(where.DataDirectory, where.Set);
        if (settings.Faults.Count > 0) return BadUsage(string.Join('\n', settings.Faults));
        OperationsOptions options = OperationsParts.Read(settings.Root, where.DataDirectory);
        if (new OperationsRules().Validate(null, options) is { Failed: true } faults) return BadUsage(faults.FailureMessage);
        try
        {
            Directory.CreateDirectory(where.DataDirectory);
            var databases = new OperationalDbs(options);
            await databases.MigrateAsync(cancellationToken);
            int exitCode = await work(databases, settings.Root);
            string result = exitCode == ExitCode.Ok ? "ok" : string.Create(CultureInfo.InvariantCulture, $"exit {exitCode}");
            await new AuditLog(databases, TimeProvider.System).AddAsync($"command:{Environment.UserName}", where.Action, where.Target, "console", result, cancellationToken);
            return exitCode;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Data.Common.DbException or DbUpdateException or StoreUnavailableException)
        {
            return Failed($"{e.Message} 数据库或文件无法访问。");
        }
    }

    private static int Failed(string why)
    {
        Terminal.Error.Verdict(false, why);
        return ExitCode.Failed;
    }

    /// <summary>What is wrong with a name of a person or key, or null: names stand in logs, tables and commands.</summary>
    public static string? FaultOfName(string name) =>
        name.Length is 0 or > Storage.Operations.Access.User.MaxNameLength || !char.IsLetterOrDigit(name[0]) || !name.All(c => char.IsLetterOrDigit(c) || c is '.' or '-' or '_' or '@')
            ? $"'{Terminal.Escape(name)}' is no name; allowed: 1 to {Storage.Operations.Access.User.MaxNameLength} letters, digits, and . - _ @ after the first. 名称无效。"
            : null;
}
