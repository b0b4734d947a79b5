using System.Globalization;
using CityPerception.Core.Configuration;
using CityPerception.Hosting;
using CityPerception.Storage.Operations.Devices;

namespace CityPerception.Cli;

/// <summary>The work of <c>device</c>.</summary>
internal static partial class Work
{
    private const int ListPage = 1_000;

    public static Task<int> AddDeviceAsync(RegistryArguments where, string id, string? note, CredentialArguments given, CancellationToken cancellationToken) =>
        WithRegistryAsync(where, async (registry, credentials) =>
        {
            if (FaultOfId(id) is { } badId) return BadUsage(badId);
            if (credentials.Make(given, out (string Name, string Secret)? shown, out string fault) is not { } credential) return BadUsage(fault);
            if (await registry.AddAsync([(id, note, credential)], cancellationToken) is { Count: > 0 })
                return Failed($"There is a device '{Terminal.Escape(id)}' already; give it another credential with device rotate. 设备已存在，可用 device rotate 更换凭据。");

            Show(id, shown);
            return ExitCode.Ok;
        }, cancellationToken);

    public static Task<int> AddDevicesAsync(RegistryArguments where, string file, CancellationToken cancellationToken) =>
        WithRegistryAsync(where, async (registry, credentials) =>
        {
            var faults = new ConfigFaults();
            IReadOnlyList<DeviceRow>? rows = DeviceFile.Read(file, faults);
            if (rows is null) return BadUsage(string.Join('\n', faults.All));

            List<(string, string?, NewCredential?)> devices = [];
            List<(string Id, (string Name, string Secret) Made)> made = [];
            List<string> wrong = [];
            foreach ((DeviceRow row, NewCredential? credential, (string Name, string Secret)? shown, string fault) in Make(rows, credentials))
            {
                if ((FaultOfId(row.Id) ?? (credential is null ? fault : null)) is { } bad) wrong.Add($"{row.Id}: {bad}");
                devices.Add((row.Id, row.Note, credential));
                if (shown is { } secret) made.Add((row.Id, secret));
            }

            if (wrong.Count > 0) return BadUsage(string.Join('\n', wrong)); // all or nothing
            HashSet<string> known = [.. await registry.AddAsync(devices, cancellationToken)];
            if (made.Any(m => !known.Contains(m.Id))) Terminal.Out.Line("id,password");
            foreach ((string id, (string Name, string Secret) secret) in made.Where(m => !known.Contains(m.Id))) Terminal.Out.Line($"{id},{secret.Secret}");
            Terminal.Error.Verdict(known.Count == 0, string.Create(CultureInfo.InvariantCulture, $"{devices.Count - known.Count} devices added, {known.Count} were there already and are as they were. 新增 {devices.Count - known.Count} 台，已存在 {known.Count} 台。"));
            return ExitCode.Ok;
        }, cancellationToken);

    // To hash a password is meant to take its time: a city's devices are done on all processors. What is read from the input is read in order.
    private static ParallelQuery<(DeviceRow Row, NewCredential? Credential, (string Name, string Secret)? Shown, string Fault)> Make(IReadOnlyList<DeviceRow> rows, NewCredentials credentials)
    {
        bool readsInput = rows.Any(static r => r.Credential is { Password: "-" } or { SasKey: "-" } or { FramePassword: "-" });
        return rows.AsParallel().AsOrdered().WithDegreeOfParallelism(readsInput ? 1 : Environment.ProcessorCount).Select(row =>
        {
            NewCredential? credential = credentials.Make(row.Credential, out (string Name, string Secret)? shown, out string fault);
            return (row, credential, shown, fault);
        });
    }

    public static Task<int> ListDevicesAsync(RegistryArguments where, CancellationToken cancellationToken) =>
        WithRegistryAsync(where, async (registry, _) =>
        {
            List<IReadOnlyList<string>> rows = [];
            for (string after = ""; await registry.ListAsync(after, ListPage, cancellationToken) is { Count: > 0 } page; after = page[^1].Id)
            {
                rows.AddRange(page.Select(d => (IReadOnlyList<string>)[
                    d.Id,
                    d.DisabledAt is { } since ? $"disabled 停用 {since:yyyy-MM-dd}" : "enabled 启用",
                    string.Join(", ", d.Credentials.OrderBy(c => c.CreatedAt).Select(c => c.Kind.ToString().ToLowerInvariant() + (c.ReplacedAt is null ? "" : " (old 旧)"))),
                    d.Note ?? ""]));
            }

            Terminal.Out.Table(["device 设备", "state 状态", "credentials 凭据", "note 备注"], rows);
            return ExitCode.Ok;
        }, cancellationToken);

    public static Task<int> SwitchDevicesAsync(RegistryArguments where, IReadOnlyList<string> ids, bool isDisabled, CancellationToken cancellationToken) =>
        WithRegistryAsync(where, async (registry, _) =>
        {
            List<string> unknown = [];
            foreach (string id in ids)
            {
                if (!await registry.SetDisabledAsync(id, isDisabled, cancellationToken)) unknown.Add(id);
            }

            return unknown.Count == 0 ? ExitCode.Ok : Failed($"Not in the registry: {Terminal.Escape(string.Join(", ", unknown))}. 未登记的设备。");
        }, cancellationToken);

    public static Task<int> RotateDeviceAsync(RegistryArguments where, string id, CredentialArguments given, bool dropsOld, CancellationToken cancellationToken) =>
        WithRegistryAsync(where, async (registry, credentials) =>
        {
            if (credentials.Make(given, out (string Name, string Secret)? shown, out string fault) is not { } credential) return BadUsage(fault);
            if (!await registry.RotateAsync(id, credential, dropsOld, cancellationToken)) return Failed($"Not in the registry: {Terminal.Escape(id)}. 未登记的设备。");
            Show(id, shown);
            return ExitCode.Ok;
        }, cancellationToken);

    private static Task<int> WithRegistryAsync(RegistryArguments where, Func<DeviceRegistry, NewCredentials, Task<int>> work, CancellationToken cancellationToken) =>
        WithOperationsAsync(where, (databases, _) =>
        {
            var protector = SecretProtector.Open(Path.Combine(where.DataDirectory, OperationsParts.KeysFolder));
            return work(new DeviceRegistry(databases, TimeProvider.System), new NewCredentials(protector, Console.In));
        }, cancellationToken);

    /// <summary>What is wrong with a device's name, or null.</summary>
    public static string? FaultOfId(string id) => id.Length is 0 or > Device.MaxIdLength || id.Any(c => char.IsControl(c) || c is '+' or '#')
        ? $"'{Terminal.Escape(id)}' is no name of a device; allowed: 1 to {Device.MaxIdLength} characters without + and #. 设备编号无效。"
        : null;

    private static void Show(string id, (string Name, string Secret)? made)
    {
        if (made is not { } secret) return;
        Terminal.Error.Line($"{secret.Name} of {Terminal.Escape(id)}, shown this once 仅显示一次:");
        Terminal.Out.Line(secret.Secret);
    }
}
