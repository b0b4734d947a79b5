using System.Diagnostics;

namespace CityPerception.Tests.Simulation;

/// <summary>Waits for something that another process brings about; fails with its name after a generous time.</summary>
internal static class Until
{
    public static async Task TrueAsync(string what, Func<bool> holds)
    {
        long start = Stopwatch.GetTimestamp();
        while (!holds())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(60), $"after a minute still not: {what}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
