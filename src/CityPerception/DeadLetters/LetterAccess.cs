using CityPerception.Hosting;
using CityPerception.Storage;
using CityPerception.Storage.DeadLetters;

namespace CityPerception.DeadLetters;

/// <summary>Where the dead letters of a data directory lie, and what opens those of people.</summary>
internal static class LetterAccess
{
    private const string KeysFolder = "letters";

    /// <summary>The keys of a data directory.</summary>
    public static LetterKeys Keys(string dataDirectory, TimeProvider clock)
    {
        string keys = Path.Combine(dataDirectory, OperationsParts.KeysFolder);
        return new LetterKeys(Path.Combine(keys, KeysFolder), () => SecretProtector.Open(keys, SecretProtector.Letters), clock);
    }

    /// <summary>Reads the letters of a data directory, beside its server too.</summary>
    public static DeadLetterReader Reader(string dataDirectory) => new(Path.Combine(dataDirectory, StorageParts.DeadLetterFolder), Keys(dataDirectory, TimeProvider.System));

    /// <summary>The letters of a data directory, with their keys.</summary>
    public static IServiceCollection AddLetters(this IServiceCollection services, string dataDirectory)
    {
        services.AddSingleton(provider => Keys(dataDirectory, provider.GetRequiredService<TimeProvider>()));
        return services.AddDeadLetters(Path.Combine(dataDirectory, StorageParts.DeadLetterFolder));
    }
}
