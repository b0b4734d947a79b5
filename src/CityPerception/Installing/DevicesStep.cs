using System.Data.Common;
using CityPerception.Hosting;
using CityPerception.Storage.Operations;
using CityPerception.Storage.Operations.Devices;

namespace CityPerception.Installing;

/// <summary>The operational database, and the first devices in its registry.</summary>
internal sealed class DevicesStep : IInitStep
{
    public async Task<InitDone> RunAsync(InitPlan plan, CancellationToken cancellationToken)
    {
        Settings settings = Settings.LoadFor(plan.DataDirectory, []);
        if (settings.Faults.Count > 0) throw new InitFaultException(string.Join('\n', settings.Faults));
        OperationsOptions options = OperationsParts.Read(settings.Root, plan.DataDirectory);
        if (new OperationsRules().Validate(null, options) is { Failed: true } faults) throw new InitFaultException(faults.FailureMessage);
        var databases = new OperationalDbs(options);
        try
        {
            await databases.MigrateAsync(cancellationToken);
            (string Id, string Password)[] devices = [.. plan.Devices.Select(id => (id, DeviceSecrets.MakePassword()))];
            IReadOnlyList<string> known = await new DeviceRegistry(databases, TimeProvider.System).AddAsync(
                [.. devices.Select(d => (d.Id, (string?)null, (NewCredential?)new NewCredential(CredentialKind.Password, DeviceSecrets.Hash(d.Password, isMade: true))))], cancellationToken);
            string there = known.Count == 0 ? "" : $" (there already 已存在: {string.Join(", ", known)})";
            return new InitDone($"Operational database 运行数据库: {databases.Description}; devices 设备: {plan.Devices.Count - known.Count}{there}",
                [.. devices.Where(d => !known.Contains(d.Id)).Select(d => new InitSecret("device", d.Id, d.Password))]);
        }
        catch (DbException e)
        {
            throw new InitFaultException($"The operational database ({databases.Description}) cannot be opened: {e.Message} 运行数据库无法打开。");
        }
    }
}
