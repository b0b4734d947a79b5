using CityPerception.Storage.Operations.Devices;

namespace CityPerception.Installing;

/// <summary>The operational database, and the first devices in its registry.</summary>
internal sealed class DevicesStep : IInitStep
{
    public Task<InitDone> RunAsync(InitPlan plan, CancellationToken cancellationToken) => InitDatabase.UseAsync(plan, async databases =>
    {
        (string Id, string Password)[] devices = [.. plan.Devices.Select(id => (id, DeviceSecrets.MakePassword()))];
        IReadOnlyList<string> known = await new DeviceRegistry(databases, TimeProvider.System).AddAsync(
            [.. devices.Select(d => (d.Id, (string?)null, (NewCredential?)new NewCredential(CredentialKind.Password, DeviceSecrets.Hash(d.Password, isMade: true))))], cancellationToken);
        (string Id, string Password)[] added = [.. devices.Where(d => !known.Contains(d.Id))];
        if (added.Length > 0) await InitDatabase.RecordAsync(databases, "device add", string.Join(' ', added.Select(d => d.Id)), cancellationToken);
        string there = known.Count == 0 ? "" : $" (there already 已存在: {string.Join(", ", known)})";
        return new InitDone(
            $"Operational database 运行数据库: {databases.Description}; devices 设备: {added.Length}{there}", [.. added.Select(d => new InitSecret("device", d.Id, d.Password))]);
    }, cancellationToken);
}
