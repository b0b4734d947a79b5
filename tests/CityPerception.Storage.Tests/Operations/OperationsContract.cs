using CityPerception.Storage.Operations;

namespace CityPerception.Storage.Tests.Operations;

/// <summary>An operational database for each test, of the kind that a derived class has.</summary>
public abstract class OperationsContract : IAsyncLifetime
{
    private protected OperationalDbs Databases { get; private set; } = null!;

    private protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    public virtual async ValueTask InitializeAsync()
    {
        Databases = new OperationalDbs(await OptionsAsync());
        await Databases.MigrateAsync(Ct);
    }

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    private protected abstract Task<OperationsOptions> OptionsAsync();
}
