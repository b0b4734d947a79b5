using CityPerception.Hosting;

namespace CityPerception.Installing;

/// <summary>The steps of a new installation, in their order. The settings are the last: with their file it is one.</summary>
internal static class InitSteps
{
    /// <summary>Whoever is to have a credential from the beginning (devices, administrators, keys of programs) is a step between TLS and settings.</summary>
    public static IReadOnlyList<IInitStep> All { get; } = [new DataStep(), new TlsStep(), new DevicesStep(), new AdministratorStep(), new KeyStep(), new SettingsStep()];

    /// <summary>Whether a data directory is an installation already, or that of a server that has run.</summary>
    public static bool IsInstalled(string dataDirectory) =>
        ((string[])[Settings.InstallationFileName, OperationsParts.SqliteFile, StorageParts.DuckDbFile]).Any(file => File.Exists(Path.Combine(dataDirectory, file)))
        || ((string[])[StorageParts.SpoolFolder, InitPlan.TlsFolder]).Any(folder => Directory.Exists(Path.Combine(dataDirectory, folder)));

    private sealed class DataStep : IInitStep
    {
        public Task<InitDone> RunAsync(InitPlan plan, CancellationToken cancellationToken)
        {
            OwnFiles.MakeFolder(plan.DataDirectory);
            return Task.FromResult(InitDone.Of($"Data directory 数据目录: {Path.GetFullPath(plan.DataDirectory)}"));
        }
    }
}
