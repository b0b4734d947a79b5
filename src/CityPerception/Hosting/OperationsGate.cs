using System.Data.Common;

namespace CityPerception.Hosting;

/// <summary>For routes that ask the operational database.</summary>
internal static class OperationsGate
{
    private const string RetryAfterSeconds = "5";

    /// <summary>Until it is open, and while it does not answer, whoever asks is told so, and when to ask again.</summary>
    public static RouteHandlerBuilder AsksOperations(this RouteHandlerBuilder route) => route
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
        .AddEndpointFilter(static async (context, next) =>
        {
            HttpContext http = context.HttpContext;
            try
            {
                if (http.RequestServices.GetRequiredService<OperationsState>().Opened.IsCompletedSuccessfully) return await next(context);
            }
            catch (Exception e) when (e is DbException || e.InnerException is DbException)
            {
                // As if it had not been opened yet: the log of whoever writes to it says why.
            }

            http.Response.Headers.RetryAfter = RetryAfterSeconds;
            return Results.Problem("The operational database does not answer. 运行数据库无响应，请稍后重试。", statusCode: StatusCodes.Status503ServiceUnavailable);
        });
}
