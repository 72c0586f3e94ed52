use serde_json::{Value, json};

use super::{Aws, Refusal};
use crate::proxy::Service;
use crate::runtime::block_on;

impl Aws {
    /// A call of IAM.
    pub async fn iam(&self, operation: &str, parameters: Value) -> Result<Value, Refusal> {
        self.call(&Service::Iam, operation, parameters).await
    }

    /// A call of STS.
    pub async fn sts(&self, operation: &str, parameters: Value) -> Result<Value, Refusal> {
        self.call(&Service::Sts, operation, parameters).await
    }

    /// A call of Step Functions.
    pub async fn states(&self, operation: &str, parameters: Value) -> Result<Value, Refusal> {
        self.call(&Service::States, operation, parameters).await
    }

    /// A call of Lambda; what stands in the path is a parameter like the others.
    pub async fn lambda(&self, operation: &str, parameters: Value) -> Result<Value, Refusal> {
        self.call(&Service::Lambda, operation, parameters).await
    }

    /// A call of Glue.
    pub async fn glue(&self, operation: &str, parameters: Value) -> Result<Value, Refusal> {
        self.call(&Service::Glue, operation, parameters).await
    }

    /// A call of `CloudWatch` Logs.
    pub async fn logs(&self, operation: &str, parameters: Value) -> Result<Value, Refusal> {
        self.call(&Service::Logs, operation, parameters).await
    }

    /// A call of the Resource Groups Tagging API.
    pub async fn tagging(&self, operation: &str, parameters: Value) -> Result<Value, Refusal> {
        self.call(&Service::Tagging, operation, parameters).await
    }

    /// A call of S3.
    pub async fn s3(&self, operation: &str, parameters: Value) -> Result<Value, Refusal> {
        self.call(&Service::S3, operation, parameters).await
    }

    /// [`Aws::call`] from a plain test function.
    ///
    /// # Panics
    /// When AWS refuses: tests that want the refusal use [`Aws::try_do`].
    pub fn r#do(&self, service: &Service, operation: &str, parameters: Value) -> Value {
        self.try_do(service, operation, parameters)
            .unwrap_or_else(|refusal| panic!("{}:{operation} was refused: {refusal}", service.name()))
    }

    /// [`Aws::call`] from a plain test function.
    pub fn try_do(&self, service: &Service, operation: &str, parameters: Value) -> Result<Value, Refusal> {
        block_on(self.call(service, operation, parameters))
    }

    /// Makes a role that `principal` (such as `states.amazonaws.com`) may assume; gives its ARN.
    pub async fn make_role(&self, name: &str, principal: &str) -> Result<String, Refusal> {
        let trust = json!({
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": {"Service": principal}, "Action": "sts:AssumeRole"}]
        });
        let parameters = json!({"RoleName": name, "AssumeRolePolicyDocument": trust.to_string()});
        let made = self.iam("CreateRole", parameters).await?;
        Ok(made["Role"]["Arn"].as_str().unwrap_or_default().to_owned())
    }
}
