using System.Data.Common;
using CityPerception.Hosting;
using CityPerception.Storage.Operations;
using CityPerception.Storage.Operations.Auditing;
using Microsoft.EntityFrameworkCore;

namespace CityPerception.Installing;

/// <summary>The operational database of the installation, as its settings name it; made where there is none.</summary>
internal static class InitDatabase
{
    /// <summary>Does the work of a step in it.</summary>
    /// <exception cref="InitFaultException">The settings are wrong, or it cannot be opened.</exception>
    public static async Task<InitDone> UseAsync(InitPlan plan, Func<OperationalDbs, Task<InitDone>> work, CancellationToken cancellationToken)
    {
        Settings settings = Settings.LoadFor(plan.DataDirectory, []);
        if (settings.Faults.Count > 0) throw new InitFaultException(string.Join('\n', settings.Faults));
        OperationsOptions options = OperationsParts.Read(settings.Root, plan.DataDirectory);
        if (new OperationsRules().Validate(null, options) is { Failed: true } faults) throw new InitFaultException(faults.FailureMessage);
        var databases = new OperationalDbs(options);
        try
        {
            await databases.MigrateAsync(cancellationToken);
            return await work(databases);
        }
        catch (Exception e) when (e is DbException or DbUpdateException)
        {
            throw new InitFaultException($"The operational database ({databases.Description}) cannot be opened: {e.Message} 运行数据库无法打开。");
        }
    }

    /// <summary>Puts on record what a step added, as the command does that adds more.</summary>
    /// <param name="databases">Where.</param>
    /// <param name="action">That command: <c>user add</c>.</param>
    /// <param name="target">What it added.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static Task RecordAsync(OperationalDbs databases, string action, string target, CancellationToken cancellationToken) =>
        new AuditLog(databases, TimeProvider.System).AddAsync($"command:{Environment.UserName}", action, target, "console", "ok", cancellationToken);
}
